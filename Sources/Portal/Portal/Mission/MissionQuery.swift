import FunctionKit

/// The query string as it is passed on.
enum MissionQuery {
    /// The query with every byte that has no place in a URL percent-encoded, and without `code`, which holds a key of this
    /// host; empty, or beginning with `?`.
    static func forwarded(_ query: String?) -> String {
        guard let query, !query.isEmpty else { return "" }
        let pairs = query.utf8.split(separator: UInt8(ascii: "&")).filter { pair in
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            return !equalsIgnoringASCIICase(percentDecoded(name), "code")
        }
        guard !pairs.isEmpty else { return "" }
        return "?" + pairs.map { urlSafe(Array($0)) }.joined(separator: "&")
    }

    /// Keeps what RFC 3986, section 3.4, allows in a query, escapes included, and encodes the rest.
    private static func urlSafe(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let isAllowed =
                (0x21..<0x7F).contains(byte) && !"\"#<>[\\]^`{|}".utf8.contains(byte)
            let text = String(decoding: [byte], as: UTF8.self)
            return isAllowed ? text : "%" + hexDigits(byte)
        }.joined()
    }

    private static func hexDigits(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(decoding: [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]], as: UTF8.self)
    }
}
