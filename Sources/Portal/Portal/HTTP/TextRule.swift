public import FunctionKit

/// What a text field of a request may hold.
public struct TextRule: Sendable {
    private let bytesMax: Int
    private let allowsLines: Bool

    /// One line of 1 to `bytesMax` bytes of UTF-8.
    public static func line(bytesMax: Int) -> TextRule { TextRule(bytesMax: bytesMax, allowsLines: false) }

    /// Lines of 1 to `bytesMax` bytes of UTF-8 in all.
    public static func lines(bytesMax: Int) -> TextRule { TextRule(bytesMax: bytesMax, allowsLines: true) }

    /// The text without white space around it.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 that names the field and the rule.
    public func apply(_ text: String, to field: String) throws(HTTPError) -> String {
        let trimmed = Self.trimmed(text)
        guard !trimmed.isEmpty else { throw .invalidField(field, "must not be empty.") }
        guard trimmed.utf8.count <= bytesMax else { throw .invalidField(field, "has more than \(bytesMax) bytes.") }
        let isClean = trimmed.unicodeScalars.allSatisfy { scalar in
            if scalar == "\n" || scalar == "\r" || scalar == "\t" { return allowsLines }
            return scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
        }
        guard isClean else {
            throw .invalidField(field, allowsLines ? "has control characters." : "must be one line of plain text.")
        }
        return trimmed
    }

    private static func trimmed(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
