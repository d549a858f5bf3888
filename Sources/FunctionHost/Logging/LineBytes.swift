import FunctionKit
import Glibc

/// A line that is put together in memory of the stack: no allocation, one copy into the log's buffer.
///
/// Invariant of the memory: it is there while ``with(capacity:_:)`` runs; `count <= buffer.count`; the first `count` bytes are
/// initialized. What does not fit is left out, so a capacity that was reckoned too small costs text and never memory.
struct LineBytes: ~Copyable {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    private init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    /// Lends a line with room for so many bytes.
    static func with<Result>(capacity: Int, _ body: (inout LineBytes) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { buffer in
            var line = LineBytes(buffer)
            return body(&line)
        }
    }

    /// The text that `body` puts together.
    static func text(capacity: Int, _ body: (inout LineBytes) -> Void) -> String {
        with(capacity: capacity) { line in
            body(&line)
            return String(decoding: line.written, as: UTF8.self)
        }
    }

    /// What is there so far.
    var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: buffer[..<count]) }

    mutating func append(_ byte: UInt8) {
        guard count < buffer.count else { return }
        buffer[count] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ text: String) { text.utf8.span.withUnsafeBufferPointer { append($0) } }

    /// Appends a text, within a JSON string with its escapes.
    mutating func append(_ text: String, isJSON: Bool) {
        guard isJSON else { return append(text) }
        let bytes = text.utf8.span
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(bytes[index])
            case ..<0x20:
                append("\\u00")
                append(hexadecimal: bytes[index] >> 4)
                append(hexadecimal: bytes[index] & 0xF)
            default: append(bytes[index])
            }
        }
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        let fitting = min(bytes.count, buffer.count - count)
        guard fitting > 0, let source = bytes.baseAddress, let start = buffer.baseAddress else { return }
        memcpy(start + count, source, fitting)
        count += fitting
    }

    mutating func append(_ id: InvocationID) {
        guard buffer.count - count >= InvocationID.textBytes else { return }
        id.write(to: UnsafeMutableBufferPointer(rebasing: buffer[count...]))
        count += InvocationID.textBytes
    }

    mutating func append(_ time: Timestamp) {
        guard buffer.count - count >= Timestamp.textBytesMax else { return }
        count += time.write(to: UnsafeMutableBufferPointer(rebasing: buffer[count...]))
    }

    mutating func append(decimal value: Int64) {
        // By ten each time and not by powers of ten: a division by what is known is a multiplication.
        var digits = 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        guard digits + (value < 0 ? 1 : 0) <= buffer.count - count else { return }
        if value < 0 { append(UInt8(ascii: "-")) }
        rest = value.magnitude
        for place in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    private mutating func append(hexadecimal digit: UInt8) { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
}
