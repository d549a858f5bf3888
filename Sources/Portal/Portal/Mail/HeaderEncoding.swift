import FoundationEssentials

/// How texts stand in mail headers (RFC 5322, section 3.2; RFC 2047 for what is not ASCII).
enum HeaderEncoding {
    /// The most bytes of text in one encoded word: their base64 and the frame stay below the 75 characters of RFC 2047.
    private static let wordBytesMax = 42
    /// The longest plain text that needs no folding beside the header's name.
    private static let plainBytesMax = 60

    /// An unstructured header's value, such as a subject: as it is, or as encoded words on folded lines.
    static func unstructured(_ text: String) -> String {
        let text = singleLine(text)
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && !text.contains("=?")
        return isPlain && text.utf8.count <= plainBytesMax ? text : encodedWords(text)
    }

    /// A mailbox as a header's value: `dana@x.example`, `"Dana" <…>` or `=?UTF-8?B?…?= <…>`.
    static func mailbox(name: String, address: String) -> String {
        let name = singleLine(name)
        guard name.utf8.contains(where: { $0 != 0x20 }) else { return address }
        guard name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), name.utf8.count <= plainBytesMax else {
            return "\(encodedWords(name)) <\(address)>"
        }
        var quoted = ""
        for character in name {
            if character == "\"" || character == "\\" { quoted.append("\\") }
            quoted.append(character)
        }
        return "\"\(quoted)\" <\(address)>"
    }

    /// Words of whole characters, since RFC 2047 forbids cutting one apart.
    private static func encodedWords(_ text: String) -> String {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > wordBytesMax { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}
