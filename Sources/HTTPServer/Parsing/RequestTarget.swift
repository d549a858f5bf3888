import FunctionKit

/// What a request is for (RFC 9112, section 3.2), taken apart but not decoded.
struct RequestTarget {
    /// The path, or `*` for the server as a whole.
    let path: String
    /// What follows the `?`.
    let query: String?
    /// Host and port of an absolute target.
    let authority: String?

    init(_ bytes: Span<UInt8>, _ target: Range<Int>, isOptions: Bool) throws(RequestRefusal) {
        let malformed = RequestRefusal.malformed("The request target is malformed.")
        guard !target.isEmpty else { throw malformed }
        guard bytes.isTarget(target) else { throw malformed }
        if bytes[target.lowerBound] == UInt8(ascii: "/") {
            try self.init(bytes, rest: target, authority: nil)
        } else if target.count == 1, bytes[target.lowerBound] == UInt8(ascii: "*"), isOptions {
            self.init(path: "*", query: nil, authority: nil)
        } else {
            let schemeLength = try Self.schemeLength(bytes, target)
            let start = target.lowerBound + schemeLength
            var end = start
            while end < target.upperBound, !Self.endsAuthority(bytes[end]) { end += 1 }
            guard HostField.isValid(bytes, start..<end) else { throw malformed }
            try self.init(bytes, rest: end..<target.upperBound, authority: bytes.text(start..<end))
        }
    }

    private init(path: String, query: String?, authority: String?) {
        self.path = path
        self.query = query
        self.authority = authority
    }

    private init(_ bytes: Span<UInt8>, rest: Range<Int>, authority: String?) throws(RequestRefusal) {
        let mark = bytes.firstIndex(of: UInt8(ascii: "?"), in: rest)
        let pathRange = rest.lowerBound..<(mark ?? rest.upperBound)
        guard !Self.holdsNull(bytes, pathRange) else { throw .malformed("The path holds a null character.") }
        self.init(
            path: pathRange.isEmpty ? "/" : bytes.text(pathRange),
            query: mark.map { bytes.text($0 + 1..<rest.upperBound) },
            authority: authority
        )
    }

    /// Whether a path has `%00` in it, which ends a name for half of all programs; Azure's server refuses it, too.
    private static func holdsNull(_ bytes: Span<UInt8>, _ path: Range<Int>) -> Bool {
        var rest = path
        while let mark = bytes.firstIndex(of: UInt8(ascii: "%"), in: rest) {
            rest = mark + 1..<path.upperBound
            if rest.count >= 2, bytes[mark + 1] == UInt8(ascii: "0"), bytes[mark + 2] == UInt8(ascii: "0") {
                return true
            }
        }
        return false
    }

    private static func schemeLength(_ bytes: Span<UInt8>, _ target: Range<Int>) throws(RequestRefusal) -> Int {
        let start = target.lowerBound
        if target.count > 7, bytes.equals(start..<start + 7, lowercased: "http://") { return 7 }
        if target.count > 8, bytes.equals(start..<start + 8, lowercased: "https://") { return 8 }
        throw .malformed("The request target is malformed.")
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") }
}
