/// libFuzzer's way in; `scripts/fuzz` compiles it with `Tests/HTTPServerTests/Fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func runFuzzInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    if let problem = FuzzCheck(bytes).problem() { fatalError(problem) }
    return 0
}
