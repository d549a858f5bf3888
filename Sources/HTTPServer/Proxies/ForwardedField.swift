/// Reads the value of a `Forwarded` field (RFC 7239, section 4): elements between commas, pairs between semicolons, values that are
/// tokens or quoted strings.
struct ForwardedField {
    private var rest: ArraySlice<UInt8>

    /// The elements, each a value by name in lower case; nil when the field is malformed or repeats a name within an element.
    static func parse(_ text: String) -> [[String: String]]? {
        var reader = ForwardedField(rest: Array(text.utf8)[...])
        return reader.readElements()
    }

    private mutating func readElements() -> [[String: String]]? {
        var elements: [[String: String]] = []
        var element: [String: String] = [:]
        while true {
            skipBlanks()
            // A pair may be empty, as an element may (RFC 7239, section 4; RFC 9110, section 5.6.1).
            if let next = rest.first, next != UInt8(ascii: ";"), next != UInt8(ascii: ",") {
                guard let (name, value) = readPair(), element.updateValue(value, forKey: name) == nil else {
                    return nil
                }
                skipBlanks()
            }
            switch rest.popFirst() {
            case nil:
                if !element.isEmpty { elements.append(element) }
                return elements
            case UInt8(ascii: ","):
                if !element.isEmpty { elements.append(element) }
                element = [:]
            case UInt8(ascii: ";"): break
            default: return nil
            }
        }
    }

    private mutating func readPair() -> (name: String, value: String)? {
        let name = readToken()
        guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "=") else { return nil }
        if rest.first == UInt8(ascii: "\"") {
            return readQuoted().map { (String(decoding: name, as: UTF8.self).lowercased(), $0) }
        }
        let value = readToken()
        guard !value.isEmpty else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self))
    }

    private mutating func readToken() -> ArraySlice<UInt8> {
        let token = rest.prefix(while: ByteClass.isToken)
        rest = rest.dropFirst(token.count)
        return token
    }

    private mutating func readQuoted() -> String? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                bytes.append(escaped)
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
