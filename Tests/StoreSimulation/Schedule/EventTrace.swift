/// Every event of a simulation: counted, hashed, and printed on demand. Two runs are the same when their hashes are.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
package final class EventTrace: @unchecked Sendable {
    /// How many events there were; the time of histories.
    package private(set) var step = 0
    /// FNV-1a over all events, eight bytes at a time.
    package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private let output: ((String) -> Void)?

    /// Makes a trace.
    ///
    /// - Parameter output: takes each event as a line; nil for none.
    package init(output: ((String) -> Void)? = nil) { self.output = output }

    /// Notes an event and returns its number.
    @discardableResult
    package func note(
        _ kind: StaticString,
        _ subject: String = "",
        _ first: Int = 0,
        _ second: Int = 0,
        bytes: [UInt8] = [],
        detail: @autoclosure () -> String = ""
    ) -> Int {
        step += 1
        mix(UInt64(UInt8(kind.utf8Start.pointee)) << 8 | UInt64(kind.utf8CodeUnitCount))
        mix(UInt64(truncatingIfNeeded: first))
        mix(UInt64(truncatingIfNeeded: second))
        var subject = subject
        subject.withUTF8 { mix(UnsafeRawBufferPointer($0)) }
        bytes.withUnsafeBytes { mix($0) }
        if let output {
            let detail = detail()
            output("\(step) \(kind) \(subject) \(first) \(second)" + (detail.isEmpty ? "" : " " + detail))
        }
        return step
    }

    private func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }

    private func mix(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset + 8 <= bytes.count {
            mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest = UInt64(bytes.count) << 56
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        mix(rest)
    }
}
