import Glibc

/// Elements one behind another in memory that grows by doubling: an array without the checks that a copy on write costs each change.
///
/// It owns its memory, which no pointer outlives: those that it hands out are for the time of a call. Indices are not checked in a
/// release: ``JSONTree`` and ``JSONDocument``, the users, keep none but of what was appended.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var start: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        start = .allocate(capacity: capacity)
    }

    deinit { start.deallocate() }

    /// Makes room for so many more elements, and gives the place of the first.
    @inline(__always)
    mutating func room(for more: Int) -> UnsafeMutablePointer<Element> {
        if capacity &- count < more { grow(to: count + more) }
        return start + count
    }

    @inline(never)
    private mutating func grow(to least: Int) {
        capacity = max(least, capacity * 2)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        larger.moveInitialize(from: start, count: count)
        start.deallocate()
        start = larger
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        room(for: 1).initialize(to: element)
        count &+= 1
    }

    /// Takes off what was appended behind the first elements.
    @inline(__always)
    mutating func keepFirst(_ count: Int) {
        assert(count >= 0 && count <= self.count)
        self.count = count
    }

    subscript(_ index: Int) -> Element {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return start[index]
        }
        @inline(__always) nonmutating _modify {
            assert(index >= 0 && index < count)
            yield &start[index]
        }
    }
}

extension GrowingBuffer<UInt8> {
    @inline(__always)
    mutating func append(_ word: StaticString) {
        let length = word.utf8CodeUnitCount
        memcpy(room(for: length), word.utf8Start, length)
        count &+= length
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let address = bytes.baseAddress else { return }
        memcpy(room(for: bytes.count), address, bytes.count)
        count &+= bytes.count
    }

    /// Appends an integer's decimal digits.
    @inline(__always)
    mutating func append(integer value: some FixedWidthInteger) {
        guard value.bitWidth <= 64 else { return append(utf8: value.description) }
        append(magnitude: UInt64(truncatingIfNeeded: value.magnitude), isNegative: value < 0)
    }

    @inline(never)
    private mutating func append(magnitude: UInt64, isNegative: Bool) {
        // The sign and the twenty digits of 2^64.
        let place = room(for: 21)
        if isNegative { place[0] = UInt8(ascii: "-") }
        let first = isNegative ? 1 : 0
        let length = Self.digits(of: magnitude)
        var left = magnitude
        for index in stride(from: first &+ length &- 1, through: first, by: -1) {
            let (quotient, digit) = left.quotientAndRemainder(dividingBy: 10)
            place[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
            left = quotient
        }
        count &+= first &+ length
    }

    @inline(__always)
    private static func digits(of magnitude: UInt64) -> Int {
        var (count, least) = (1, UInt64(10))
        while magnitude >= least {
            count &+= 1
            let (next, overflowed) = least.multipliedReportingOverflow(by: 10)
            if overflowed { break }
            least = next
        }
        return count
    }

    mutating func append(utf8 text: String) {
        text.withBytes { append($0) }
    }

    /// Takes `.0` off the end, if it is there.
    mutating func removeEmptyFraction() {
        guard count > 2, start[count - 1] == UInt8(ascii: "0"), start[count - 2] == UInt8(ascii: ".") else { return }
        count -= 2
    }

    /// Appends UTF-8 between quotes, with escapes where JSON wants them (RFC 8259, section 7).
    @inline(__always)
    mutating func append(quoted text: UnsafeBufferPointer<UInt8>) {
        if JSONPlainText.isPlain(text) { append(plain: text) } else { append(escaped: text) }
    }

    /// Appends UTF-8 that needs no escape between quotes.
    @inline(__always)
    mutating func append(plain text: UnsafeBufferPointer<UInt8>) {
        let place = room(for: text.count + 2)
        place[0] = UInt8(ascii: "\"")
        if let address = text.baseAddress { memcpy(place + 1, address, text.count) }
        place[text.count + 1] = UInt8(ascii: "\"")
        count &+= text.count + 2
    }

    @inline(never)
    private mutating func append(escaped text: UnsafeBufferPointer<UInt8>) {
        var escaped: [UInt8] = []
        appendJSONString(text, to: &escaped)
        memcpy(room(for: escaped.count), escaped, escaped.count)
        count &+= escaped.count
    }
}

extension String {
    /// Calls a function with the text's UTF-8, without a copy of the reference to it.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var text = self
        return text.withUTF8(body)
    }
}
