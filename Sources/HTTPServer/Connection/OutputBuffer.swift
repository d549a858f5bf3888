import FunctionKit
import Glibc

/// Bytes on their way to a socket: small parts copied together, so that one response is one write, and one large body
/// behind them that is not copied, or a part of a file that is not even read.
///
/// An event loop has one for all its connections. Invariant of the memory: `count <= capacity`, the first `count` bytes are
/// initialized, and only the methods here touch it.
struct OutputBuffer: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    /// A large body that follows the copied bytes.
    private(set) var tail: [UInt8] = []
    /// A part of a file that follows them.
    private(set) var file: FileRegion?

    /// Bodies above this many bytes are written from where they are.
    static let copiedBytesMax = 16_384

    init(capacity: Int = 65_536) {
        self.capacity = max(capacity, 64)
        memory = .allocate(capacity: self.capacity)
    }

    deinit { memory.deallocate() }

    var isEmpty: Bool { count == 0 && tail.isEmpty && file == nil }

    /// Whether another response may be written behind what is there.
    var hasRoom: Bool { tail.isEmpty && file == nil && count < Self.copiedBytesMax }

    mutating func clear() {
        count = 0
        if !tail.isEmpty { tail = [] }
        if file != nil { file = nil }
    }

    /// Takes back what was appended since `mark`, a former ``count``.
    mutating func truncate(to mark: Int) { count = min(mark, count) }

    private mutating func reserve(_ additional: Int) {
        guard count + additional > capacity else { return }
        let grown = max(capacity * 2, count + additional)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
        new.update(from: memory, count: count)
        memory.deallocate()
        memory = new
        capacity = grown
    }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        memory[count] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        reserve(text.utf8CodeUnitCount)
        memcpy(memory + count, text.utf8Start, text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(memory + count, start, bytes.count)
        count += bytes.count
    }

    mutating func append(_ bytes: [UInt8]) { bytes.span.withUnsafeBufferPointer { append($0) } }

    mutating func append(_ text: String) { text.utf8.span.withUnsafeBufferPointer { append($0) } }

    /// Appends a body; a large one becomes the tail, behind which nothing may follow until it is written.
    mutating func append(body: [UInt8]) {
        if body.count <= Self.copiedBytesMax { append(body) } else { tail = body }
    }

    /// Appends a part of a file, behind which nothing may follow until it is sent.
    mutating func append(_ region: FileRegion) {
        if region.length > 0 { file = region }
    }

    /// Appends a text if its bytes satisfy a rule; false, with nothing appended, if not.
    mutating func append(_ text: String, where isAllowed: (Span<UInt8>) -> Bool) -> Bool {
        let bytes = text.utf8.span
        guard isAllowed(bytes) else { return false }
        bytes.withUnsafeBufferPointer { append($0) }
        return true
    }

    mutating func append(decimal value: Int) {
        reserve(20)
        var digits = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        rest = value
        for position in stride(from: digits - 1, through: 0, by: -1) {
            memory[count + position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += digits
    }

    mutating func append(hexadecimal value: Int) {
        append(String(value, radix: 16))
    }

    /// Gives the copied bytes and the tail to a writer.
    func withParts<Result>(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        tail.withUnsafeBufferPointer { body(UnsafeBufferPointer(start: memory, count: count), $0) }
    }

    /// All that stands behind the first `written` bytes, as the parts it consists of.
    func rest(behind written: Int) -> UnsentBytes {
        if written < count {
            let copied = Array(UnsafeBufferPointer(start: memory + written, count: count - written))
            return UnsentBytes(first: copied, second: tail, file: file)
        }
        return UnsentBytes(first: [], second: tail, offset: written - count, file: file)
    }
}
