import FunctionKit

/// GUIDs as `Guid.TryParse` reads them, in its five forms.
enum GUIDText {
    /// True for 32 hexadecimal digits, plain (N) or in groups of 8-4-4-4-12 (D), those also within braces (B) or parentheses (P),
    /// and for eleven hexadecimal numbers within braces (X). White space may surround it.
    static func isValid(_ text: String) -> Bool {
        var rest = trimmingSpaces(text[...]).utf8[...]
        if rest.count == 32 { return rest.allSatisfy { hexDigitValue($0) != nil } }
        let brackets = [("{", "}"), ("(", ")")] as [(Unicode.Scalar, Unicode.Scalar)]
        for (open, close) in brackets where rest.first == UInt8(ascii: open) && rest.last == UInt8(ascii: close) {
            if open == "{", rest.dropFirst(9).first != UInt8(ascii: "-") { return areNumbers(rest) }
            rest = rest.dropFirst().dropLast()
            break
        }
        let groups = rest.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { hexDigitValue($0) != nil } }
    }

    /// `{0x00000000,0x0000,0x0000,{0x00,0x00,0x00,0x00,0x00,0x00,0x00,0x00}}`, with white space anywhere; a number may have fewer
    /// digits than its place has room for, and more only as leading zeros.
    private static func areNumbers(_ text: Substring.UTF8View) -> Bool {
        let plain = text.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
        guard plain.count > 3, plain.suffix(2).elementsEqual("}}".utf8) else { return false }
        let numbers = plain.dropFirst().dropLast(2)
            .split(separator: UInt8(ascii: ","), maxSplits: 3, omittingEmptySubsequences: false)
        guard numbers.count == 4, numbers[3].first == UInt8(ascii: "{") else { return false }
        let bytes = numbers[3].dropFirst().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        return isNumber(numbers[0], digitsMax: 8) && isNumber(numbers[1], digitsMax: 4)
            && isNumber(numbers[2], digitsMax: 4) && bytes.count == 8
            && bytes.allSatisfy { isNumber($0, digitsMax: 2) }
    }

    private static func isNumber(_ text: some Collection<UInt8>, digitsMax: Int) -> Bool {
        let prefix = Array(text.prefix(2))
        guard prefix.count == 2, prefix[0] == UInt8(ascii: "0"), prefix[1] | 0x20 == UInt8(ascii: "x") else {
            return false
        }
        let digits = text.dropFirst(2)
        guard !digits.isEmpty, digits.allSatisfy({ hexDigitValue($0) != nil }) else { return false }
        return digits.drop { $0 == UInt8(ascii: "0") }.count <= digitsMax
    }
}
