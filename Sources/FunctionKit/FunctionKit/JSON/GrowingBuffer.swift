import Glibc

/// Elements one behind another in memory that grows by doubling: an array without the checks that a copy on write costs each change.
///
/// It owns its memory, which no pointer outlives: those that it hands out are for the time of a call. Indices are not checked in a
/// release: ``JSONTree``, the one user, keeps none but of what it has appended.
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

    mutating func append(utf8 text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let address = bytes.baseAddress else { return }
            memcpy(room(for: bytes.count), address, bytes.count)
            count &+= bytes.count
        }
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
