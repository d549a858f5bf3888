import FunctionKit

/// The header fields of a request as the lines that libcurl takes, checked.
struct HeaderLines: Sendable {
    /// The lines as C reads them, each with a null character behind it: `Name: value`, `Name;` for an empty value, `Name:` for a field
    /// that libcurl must not add.
    private var bytes: [UInt8] = []

    /// Fields that frame the message or concern the connection alone; the client decides them, the caller's are left out.
    private static let connectionFields = [
        "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "TE", "Transfer-Encoding",
        "Upgrade",
    ]
    /// Room for what most requests have.
    private static let usualBytes = 512

    /// Checks and takes over the caller's fields.
    ///
    /// - Throws: ``HTTPClientError`` with `invalidRequest`, naming the field and never its value.
    init(_ fields: HTTPFields, origin: Origin) throws(HTTPClientError) {
        bytes.reserveCapacity(Self.usualBytes)
        for field in fields where !Self.concernsConnection(field.name) {
            guard Self.isToken(field.name) else {
                throw HTTPClientError(
                    .invalidRequest,
                    "The request to \(origin) is refused: the name of a header field is not a token."
                )
            }
            let value = field.value.utf8.span
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw HTTPClientError(
                    .invalidRequest,
                    "The request to \(origin) is refused: the header field '\(field.name)' has a control character."
                )
            }
            add(field.name, field.value)
        }
    }

    /// Adds a field with a name and a value that are known to be well-formed.
    mutating func add(_ name: String, _ value: String) {
        let text = value.utf8.span
        let isBlank = text.allSatisfy { $0 == UInt8(ascii: " ") }
        bytes += name.utf8
        if isBlank {
            bytes.append(UInt8(ascii: ";"))
        } else {
            bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
            bytes += value.utf8
        }
        bytes.append(0)
    }

    /// Keeps libcurl from adding a field by itself.
    mutating func suppress(_ name: String) {
        bytes += name.utf8
        bytes += [UInt8(ascii: ":"), 0]
    }

    /// Hands out one line after the other, until `take` says no; whether it took all.
    func allSatisfy(_ take: (UnsafePointer<CChar>) -> Bool) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            // No name and no value holds a null character, and each line ends with one.
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                var rest = bytes[...]
                while let line = UnsafeBufferPointer(rebasing: rest).baseAddress, let end = rest.firstIndex(of: 0) {
                    guard take(line) else { return false }
                    rest = rest[(end + 1)...]
                }
                return true
            }
        }
    }

    private static func concernsConnection(_ name: String) -> Bool {
        connectionFields.contains { equalsIgnoringASCIICase($0, name) }
    }

    /// A token of RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        let text = text.utf8.span
        return !text.isEmpty
            && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                    true
                default: (0x21...0x7E).contains(byte) && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
                }
            }
    }
}
