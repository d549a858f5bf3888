public import FunctionKit

/// Streams `?bytes=` bytes in chunks of `?chunk=`, each made only when the client has room for it.
public struct HelloDownload: HTTPFunction {
    /// The most bytes that one request may ask for: 64 GiB.
    static let bytesMax = 1 << 36
    /// The largest chunk: 16 MiB.
    static let chunkBytesMax = 1 << 24

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Answers with that many bytes `a` to `z`, over and over; with `?known=false` without saying how many.
    public func respond(to request: HTTPRequest, context: InvocationContext) throws -> HTTPResponse {
        let count = try number("bytes", of: request, 0...Self.bytesMax, otherwise: 1 << 20)
        let chunkBytes = try number("chunk", of: request, 1...Self.chunkBytesMax, otherwise: 1 << 18)
        // Made once; a chunk of the usual size is the same memory each time.
        let letters = (0..<chunkBytes + 25).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let pattern = (0..<26).map { Array(letters[$0..<$0 + min(chunkBytes, 1 << 16)]) }
        let whole = chunkBytes % 26 == 0 ? Array(letters[..<chunkBytes]) : nil
        let place = LockedState(0)
        return HTTPResponse(
            headers: ["Content-Type": "application/octet-stream"],
            body: HTTPBody(length: request.queryValue("known") == "false" ? nil : count) {
                place.withLock { position in
                    let rest = min(count - position, chunkBytes)
                    guard rest > 0 else { return nil }
                    defer { position += rest }
                    if let whole, rest == whole.count { return whole }
                    let run = pattern[position % 26]
                    return rest == run.count ? run : Array(letters[position % 26..<position % 26 + rest])
                }
            }
        )
    }

    private func number(
        _ name: String,
        of request: HTTPRequest,
        _ range: ClosedRange<Int>,
        otherwise fallback: Int
    ) throws -> Int {
        guard let text = request.queryValue(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            let message = "'\(name)' must be a number from \(range.lowerBound) to \(range.upperBound)."
            throw HTTPError(.badRequest, code: "invalid_\(name)", message: message)
        }
        return number
    }
}
