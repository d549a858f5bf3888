// Documents may come from an import with only some of their fields, and identifiers from other programs as numbers.
extension KeyedDecodingContainer {
    /// The value, or `fallback` when the field is absent or null.
    func value<Value: Decodable>(_ key: Key, or fallback: Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? fallback
    }

    /// A text, or an integer as its text; nil when the field is absent, null or empty.
    func identifier(_ key: Key) throws -> String? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        if let number = try? decode(Int64.self, forKey: key) { return String(number) }
        let text = try decode(String.self, forKey: key)
        return text.isEmpty ? nil : text
    }
}
