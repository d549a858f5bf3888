import FunctionKit

/// The names of header fields as texts, of which those that most clients send are not made anew for each request.
enum FieldNames {
    /// The name in a range.
    static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        switch range.count {
        case 4: known(bytes, range, "Host")
        case 6: known(bytes, range, "Accept", "Cookie", "Origin")
        case 7: known(bytes, range, "Referer")
        case 10: known(bytes, range, "Connection", "User-Agent")
        case 12: known(bytes, range, "Content-Type")
        case 13: known(bytes, range, "Authorization", "Cache-Control", "If-None-Match")
        case 14: known(bytes, range, "Content-Length")
        case 15: known(bytes, range, "Accept-Encoding", "Accept-Language", "X-Forwarded-For")
        case 17: known(bytes, range, "X-Forwarded-Proto")
        default: bytes.text(range)
        }
    }

    @inline(__always)
    private static func known(_ bytes: Span<UInt8>, _ range: Range<Int>, _ names: String...) -> String {
        for name in names where bytes.equals(range, name) { return name }
        return bytes.text(range)
    }
}
