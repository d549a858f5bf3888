import Glibc

/// Protocol text as bytes: what HTTP's grammar asks of a range, without a `String` for each look.
///
/// Each method checks its range once; the places that it reads without a check lie within.
extension Span<UInt8> {
    /// The bytes of a range as text; what is not UTF-8 becomes U+FFFD.
    @inlinable
    public func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The first position of a byte in a range.
    public func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        extracting(range).withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress, let found = memchr(start, CInt(byte), bytes.count) else { return nil }
            return range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(start))
        }
    }

    /// Whether every byte of a range satisfies a rule.
    @inlinable @inline(__always)
    public func allSatisfy(_ range: Range<Int>, _ rule: (UInt8) -> Bool) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        for index in range where !rule(self[unchecked: index]) { return false }
        return true
    }

    /// Whether every byte satisfies a rule.
    @inlinable @inline(__always)
    public func allSatisfy(_ rule: (UInt8) -> Bool) -> Bool { allSatisfy(0..<count, rule) }

    /// Whether the bytes of a range are those of a text.
    @inlinable
    public func equals(_ range: Range<Int>, _ text: String) -> Bool {
        let text = text.utf8.span
        guard range.count == text.count else { return false }
        for offset in 0..<text.count where self[range.lowerBound + offset] != text[offset] { return false }
        return true
    }

    /// Whether the bytes of a range are this text, with `A-Z` and `a-z` taken as equal; `text` is in lower case.
    @inlinable
    public func equals(_ range: Range<Int>, lowercased text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count where lowercasedASCII(self[range.lowerBound + offset]) != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// A range without the spaces and tabs at its ends (RFC 9110, section 5.6.3).
    @inlinable
    public func withoutOuterBlanks(_ range: Range<Int>) -> Range<Int> {
        trimming(range) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// A range without the bytes at its ends that satisfy a rule.
    @inlinable @inline(__always)
    public func trimming(_ range: Range<Int>, _ rule: (UInt8) -> Bool) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, rule(self[start]) { start += 1 }
        while end > start, rule(self[end - 1]) { end -= 1 }
        return start..<end
    }
}
