import FunctionKit

/// The header fields of a request as the lines that libcurl takes, checked.
struct HeaderLines: Sendable {
    /// One line each: `Name: value`, `Name;` for an empty value, `Name:` for a field that libcurl must not add.
    private(set) var lines: [String] = []

    /// Fields that frame the message or concern the connection alone; the client decides them, the caller's are left out.
    private static let connectionFields = [
        "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding",
        "Upgrade",
    ]

    /// Checks and takes over the caller's fields.
    ///
    /// - Throws: ``HTTPClientError`` with `invalidRequest`, naming the field and never its value.
    init(_ fields: HTTPFields, origin: Origin) throws(HTTPClientError) {
        for field in fields where !Self.connectionFields.contains(where: { equalsIgnoringASCIICase($0, field.name) }) {
            guard Self.isToken(field.name) else {
                throw HTTPClientError(
                    .invalidRequest,
                    "The request to \(origin) is refused: the name of a header field is not a token."
                )
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw HTTPClientError(
                    .invalidRequest,
                    "The request to \(origin) is refused: the header field '\(field.name)' has a control character."
                )
            }
            add(field.name, field.value)
        }
        // libcurl would wait a second for leave to send a body over 1 MiB.
        suppress("Expect")
    }

    /// Adds a field with a value that is known to be well-formed.
    mutating func add(_ name: String, _ value: String) {
        let isBlank = value.utf8.allSatisfy { $0 == UInt8(ascii: " ") }
        lines.append(isBlank ? "\(name);" : "\(name): \(value)")
    }

    /// Keeps libcurl from adding a field by itself.
    mutating func suppress(_ name: String) { lines.append("\(name):") }

    /// A token of RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: (0x21...0x7E).contains(byte) && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
                }
            }
    }
}
