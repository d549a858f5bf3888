import FunctionKit

/// Numbers as .NET's invariant culture reads them.
enum NumberText {
    /// `NumberStyles.Integer`, 32 bits: a sign before, white space around.
    static func isInt32(_ text: String) -> Bool { Int32(trimmingNumberSpaces(text[...])) != nil }

    /// The same, 64 bits; nil when it is none.
    static func int64(_ text: String) -> Int64? { Int64(trimmingNumberSpaces(text[...])) }

    /// `NumberStyles.Number`: a sign before or after, thousands separators, a decimal point; at most what a decimal can hold.
    static func isDecimal(_ text: String) -> Bool {
        guard let plain = plain(text, allowsExponent: false, allowsTrailingSign: true) else { return false }
        let whole = plain.drop { $0 == "0" }.prefix { $0 != "." }
        guard whole.utf8.count >= decimalMax.utf8.count else { return true }
        return whole.utf8.count == decimalMax.utf8.count && whole <= decimalMax
    }

    private static let decimalMax = "79228162514264337593543950335"

    /// `NumberStyles.Float | AllowThousands`: a sign before, thousands separators, a decimal point, an exponent; also `NaN` and
    /// `Infinity`. What is too large for the type counts as infinite.
    static func isFloatingPoint(_ text: String) -> Bool {
        let trimmed = trimmingNumberSpaces(text[...]).lowercased()
        if ["nan", "-nan", "+nan", "infinity", "-infinity", "+infinity"].contains(trimmed) { return true }
        return plain(text, allowsExponent: true, allowsTrailingSign: false) != nil
    }

    /// The number without spaces, thousands separators and trailing sign; nil when it is none.
    private static func plain(_ text: String, allowsExponent: Bool, allowsTrailingSign: Bool) -> String? {
        var rest = trimmingNumberSpaces(text[...])
        var digits: [UInt8] = []
        let isSigned = rest.first == "-" || rest.first == "+"
        if isSigned { rest.removeFirst() }
        if allowsTrailingSign, !isSigned, rest.last == "-" || rest.last == "+" {
            rest.removeLast()
            // Space may stand before a sign that comes after, not after one that comes before.
            while let last = rest.utf8.last, isNumberSpace(last) { rest.unicodeScalars.removeLast() }
        }
        var bytes = rest.utf8[...]
        var hasPoint = false
        while let byte = bytes.first {
            if (0x30...0x39).contains(byte) {
                digits.append(byte)
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                digits.append(byte)
            } else if byte != UInt8(ascii: ",") || hasPoint || digits.isEmpty {
                break
            }
            bytes.removeFirst()
        }
        guard digits.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
        guard bytes.isEmpty || (allowsExponent && isExponent(bytes)) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func isExponent(_ text: Substring.UTF8View) -> Bool {
        var rest = text
        guard let letter = rest.popFirst(), letter | 0x20 == UInt8(ascii: "e") else { return false }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        return !rest.isEmpty && rest.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// .NET's number parser knows the space and the controls from tab to carriage return, nothing of Unicode's.
    private static func isNumberSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmingNumberSpaces(_ text: Substring) -> Substring {
        var rest = text
        while let first = rest.utf8.first, isNumberSpace(first) { rest.unicodeScalars.removeFirst() }
        while let last = rest.utf8.last, isNumberSpace(last) { rest.unicodeScalars.removeLast() }
        return rest
    }
}
