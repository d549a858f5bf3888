/// Why a response cannot be sent as the responder returned it. The client gets a 500, the log these words.
///
/// A field is named by its escaped and shortened name; its value may be a secret and is left out.
enum ResponseDefect: Error, Hashable, CustomStringConvertible {
    /// The status is not a final one (RFC 9110, section 15).
    case status(Int)
    /// A field's name is empty or not a token, and could split the response.
    case fieldName(String)
    /// The value of the field with this name has a control character, and could split the response.
    case fieldValue(name: String)
    /// With the field of this name the header exceeds the bound.
    case headerTooLarge(name: String, bytesMax: Int)
    /// The body is declared to be shorter than nothing.
    case negativeLength(Int)

    var description: String {
        switch self {
        case .status(let status): "its status is \(status); only 200 to 599 can be sent"
        case .fieldName(let name):
            name.isEmpty
                ? "a header field has no name"
                : "the header field \(Self.quoted(name)) has a character in its name that is not allowed there"
        case .fieldValue(let name):
            "the value of the header field \(Self.quoted(name)) has a control character, such as a line break"
        case .headerTooLarge(let name, let bytesMax):
            "with the header field \(Self.quoted(name)) its header is larger than \(bytesMax) bytes"
        case .negativeLength(let length): "the length of its body is \(length)"
        }
    }

    /// A name without line breaks or other controls, and not longer than a line can bear.
    private static func quoted(_ name: String) -> String {
        let start = String(name.unicodeScalars.prefix(60).map(Character.init))
        return start.debugDescription + (start.utf8.count < name.utf8.count ? "…" : "")
    }
}
