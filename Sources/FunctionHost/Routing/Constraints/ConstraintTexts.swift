import FunctionKit

/// Numbers as .NET's invariant culture reads them.
enum NumberText {
    /// `NumberStyles.Number`: a sign before or after, thousands separators, a decimal point; at most what a decimal can hold.
    static func isDecimal(_ text: String) -> Bool {
        guard let plain = plain(text, allowsExponent: false, allowsTrailingSign: true) else { return false }
        return Double(plain).map { abs($0) <= 79_228_162_514_264_337_593_543_950_336 } ?? false
    }

    /// `NumberStyles.Float | AllowThousands`: a sign before, thousands separators, a decimal point, an exponent; also `NaN` and
    /// `Infinity`.
    static func isFloatingPoint(_ text: String) -> Bool {
        let trimmed = trimmingSpaces(text[...]).lowercased()
        if ["nan", "-nan", "+nan", "infinity", "-infinity", "+infinity"].contains(trimmed) { return true }
        return plain(text, allowsExponent: true, allowsTrailingSign: false) != nil
    }

    /// The number without spaces, thousands separators and trailing sign; nil when it is none.
    private static func plain(_ text: String, allowsExponent: Bool, allowsTrailingSign: Bool) -> String? {
        var rest = trimmingSpaces(text[...]).utf8[...]
        var digits: [UInt8] = []
        let isSigned = rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+")
        if isSigned { rest.removeFirst() }
        if allowsTrailingSign, !isSigned, rest.last == UInt8(ascii: "-") || rest.last == UInt8(ascii: "+") {
            rest.removeLast()
        }
        var hasPoint = false
        while let byte = rest.first {
            if (0x30...0x39).contains(byte) {
                digits.append(byte)
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                digits.append(byte)
            } else if byte != UInt8(ascii: ",") || hasPoint || digits.isEmpty {
                break
            }
            rest.removeFirst()
        }
        guard digits.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
        guard rest.isEmpty || (allowsExponent && isExponent(rest)) else { return nil }
        if digits.first == UInt8(ascii: ".") { digits.insert(UInt8(ascii: "0"), at: 0) }
        if digits.last == UInt8(ascii: ".") { digits.append(UInt8(ascii: "0")) }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func isExponent(_ text: Substring.UTF8View) -> Bool {
        var rest = text
        guard let letter = rest.popFirst(), letter | 0x20 == UInt8(ascii: "e") else { return false }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        return !rest.isEmpty && rest.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// GUIDs as `Guid.TryParse` reads them, but for the rare form in hexadecimal numbers.
enum GUIDText {
    /// True for 32 hexadecimal digits, plain or in groups of 8-4-4-4-12, those also within braces or parentheses.
    static func isValid(_ text: String) -> Bool {
        var rest = trimmingSpaces(text[...]).utf8[...]
        if rest.count == 32 { return rest.allSatisfy { hexDigitValue($0) != nil } }
        let brackets = [("{", "}"), ("(", ")")] as [(Unicode.Scalar, Unicode.Scalar)]
        for (open, close) in brackets where rest.first == UInt8(ascii: open) && rest.last == UInt8(ascii: close) {
            rest = rest.dropFirst().dropLast()
        }
        let groups = rest.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { hexDigitValue($0) != nil } }
    }
}

/// Dates and times as `DateTime.TryParse` reads them in the invariant culture: the forms that appear in URLs.
enum DateTimeText {
    /// True for a date (`yyyy-MM-dd`, `yyyy/MM/dd`, `MM/dd/yyyy`, `MM-dd-yyyy`; one digit will do for month and day) with or
    /// without a time behind `T` or a space (`HH:mm`, `HH:mm:ss`, `HH:mm:ss.fffffff`, with `AM`/`PM` or an offset), and for
    /// a time alone.
    static func isValid(_ text: String) -> Bool {
        let trimmed = trimmingSpaces(text[...])
        let end = trimmed.firstIndex { $0 == "T" || $0 == "t" || $0 == " " }
        let head = trimmed[..<(end ?? trimmed.endIndex)]
        if head.contains(":") { return isTime(trimmed) }
        guard isDate(head) else { return false }
        guard let end else { return true }
        return isTime(trimmed[trimmed.index(after: end)...])
    }

    private static func isDate(_ text: Substring) -> Bool {
        let separator: Character = text.contains("/") ? "/" : "-"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { digits($0, upTo: 4) }
        guard parts.count == 3, numbers.count == 3 else { return false }
        let isYearFirst = parts[0].count == 4
        guard isYearFirst != (parts[2].count == 4) else { return false }
        let (year, month, day) =
            isYearFirst ? (numbers[0], numbers[1], numbers[2]) : (numbers[2], numbers[0], numbers[1])
        guard (1...9999).contains(year), (1...12).contains(month) else { return false }
        return (1...CivilTime.daysInMonth(month, of: year)).contains(day)
    }

    private static func isTime(_ text: Substring) -> Bool {
        var rest = text
        var hourMax = 23
        if let zone = rest.lastIndex(where: { "Zz+-".contains($0) }) {
            guard isOffset(rest[zone...]) else { return false }
            rest = rest[..<zone]
        } else if rest.uppercased().hasSuffix("AM") || rest.uppercased().hasSuffix("PM") {
            rest = trimmingSpaces(rest.dropLast(2))
            hourMax = 12
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = digits(parts[0], upTo: 2), hour <= hourMax,
            let minute = digits(parts[1], upTo: 2), minute <= 59
        else { return false }
        return parts.count == 2 || isSeconds(parts[2])
    }

    private static func isSeconds(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let seconds = digits(parts[0], upTo: 2), seconds <= 59 else { return false }
        return parts.count == 1 || digits(parts[1], upTo: 7) != nil
    }

    private static func isOffset(_ text: Substring) -> Bool {
        if text == "Z" || text == "z" { return true }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let hours = digits(parts[0], upTo: 2), hours <= 14 else { return false }
        return parts.count == 1 || (digits(parts[1], upTo: 2).map { $0 <= 59 } ?? false)
    }

    private static func digits(_ text: Substring, upTo count: Int) -> Int? {
        guard (1...count).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
