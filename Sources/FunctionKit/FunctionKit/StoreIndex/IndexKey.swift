/// Bytes whose order is the order of index values, so that an index compares bytes and nothing else.
///
/// A key is its fields one after another and then the document's id, which makes every key unique; a document has a key for
/// each different element of an array. A field is a tag
/// (1 null, 2 false, 3 true, 4 number, 5 text) and its value: a number as the eight bytes of its double with the sign
/// arranged for unsigned comparison; a text as its UTF-8 with each 0 written as 0 255, and a 0 behind it. What follows a
/// field begins with a tag or a byte of UTF-8 and never with 255, so no text's key is taken for another's beginning.
enum IndexKey {
    /// Greater than everything that can follow a field.
    static let afterAll: UInt8 = 0xFF

    /// Appends a field. A text beyond ``StoreLimits/indexValueBytesMax`` is cut there and marked, so that it never equals a
    /// shorter one; texts that agree so far share a key.
    static func append(_ value: IndexValue, ignoresCase: Bool, to key: inout [UInt8]) {
        switch value {
        case .null: key.append(1)
        case .bool(let value): key.append(value ? 3 : 2)
        case .number(let value):
            key.append(4)
            append(value, to: &key)
        case .text(let text):
            key.append(5)
            append(ignoresCase ? lowercased(text) : text, to: &key)
        }
    }

    private static func append(_ number: Double, to key: inout [UInt8]) {
        // Minus zero equals zero.
        let bits = (number == 0 ? 0.0 : number).bitPattern
        let ordered = bits >> 63 == 0 ? bits | 1 << 63 : ~bits
        withUnsafeBytes(of: ordered.bigEndian) { key.append(contentsOf: $0) }
    }

    private static func append(_ text: String, to key: inout [UInt8]) {
        var text = text
        let isWhole = text.withUTF8 { utf8 in
            guard utf8.count <= StoreLimits.indexValueBytesMax, !utf8.contains(0) else { return false }
            key.append(contentsOf: utf8)
            return true
        }
        if isWhole { return key.append(0) }
        for byte in text.utf8.prefix(StoreLimits.indexValueBytesMax) {
            key.append(byte)
            if byte == 0 { key.append(0xFF) }
        }
        if text.utf8.count > StoreLimits.indexValueBytesMax { key.append(0xFF) }
        key.append(0)
    }

    /// The offset behind `count` fields, where the id begins, of the key that fills `key` from `start` on.
    static func offset(behind count: Int, in key: [UInt8], from start: Int = 0) -> Int {
        var position = start
        for _ in 0..<count where position < key.count { position = end(ofFieldAt: position, in: key) }
        return min(position, key.count)
    }

    /// The part of a key that may not stand twice in a unique index: its fields without the id; nil when one is null.
    static func uniqueValues(_ key: [UInt8], fields: Int) -> ArraySlice<UInt8>? {
        var position = 0
        for _ in 0..<fields {
            guard position < key.count, key[position] != 1 else { return nil }
            position = min(end(ofFieldAt: position, in: key), key.count)
        }
        return key[..<position]
    }

    private static func end(ofFieldAt start: Int, in key: [UInt8]) -> Int {
        switch key[start] {
        case 4: return start + 9
        case 5:
            var position = start + 1
            while position < key.count,
                key[position] != 0 || (position + 1 < key.count && key[position + 1] == 0xFF)
            {
                position += key[position] == 0 ? 2 : 1
            }
            return position + 1
        default: return start + 1
        }
    }

    /// Unicode simple lower-casing: one scalar for one scalar, the same for every locale.
    static func lowercased(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar)
        }
        return String(result)
    }
}
