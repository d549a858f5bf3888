import FunctionKit

/// Dates and times as `DateTime.TryParse` reads them in the invariant culture.
///
/// A date is three or two numbers, or names of months with numbers: `2026-11-20`, `11/20/2026`, `11.20.26`, `2026-11`, `11/20`,
/// `20 Nov 2026`, `November 20, 2026`, `Nov 2026`. Of numbers alone the month comes before the day, and a year of three or four
/// digits first or last. A weekday may lead and must be the right one. A time stands before, after or alone: `12:14`, `5 PM`,
/// `17:30:00.25`, and behind it `Z`, `GMT` or an offset.
struct DateTimeText {
    private enum Token: Equatable {
        /// A number with the count of its digits.
        case number(Int, digits: Int)
        case month(Int)
        case weekday(Int)
        /// `-`, `/`, `.` or `,`, with or without spaces around; a space alone is none.
        case separator
    }

    private var tokens: [Token] = []
    private var hasTime = false

    /// Whether a text is a date, a time or both.
    static func isValid(_ text: String) -> Bool {
        var reader = DateTimeText()
        let trimmed = trimmingSpaces(text[...])
        // A bound: no form of a date is longer, and a URL may be.
        guard !trimmed.isEmpty, trimmed.utf8.count <= 64, reader.read(Array(trimmed.utf8)) else { return false }
        return reader.tokens.isEmpty ? reader.hasTime : reader.isDate
    }

    // MARK: Reading

    private mutating func read(_ text: [UInt8]) -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == 0x20 || byte == 0x09 {
                index += 1
            } else if isDigit(byte) {
                let digits = text[index...].prefix(while: isDigit)
                guard let number = Int(String(decoding: digits, as: UTF8.self)), digits.count <= 4 else { return false }
                let end = index + digits.count
                if let next = timeEnd(in: text, from: index, hour: number, digits: digits.count) {
                    guard !hasTime else { return false }
                    hasTime = true
                    index = next
                } else {
                    tokens.append(.number(number, digits: digits.count))
                    index = end
                }
            } else if isASCIILetter(byte) {
                let letters = text[index...].prefix(while: isASCIILetter)
                guard add(String(decoding: letters, as: UTF8.self).lowercased(), at: index, of: text) else {
                    return false
                }
                index += letters.count
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: ",")
            {
                guard tokens.last != nil, tokens.last != .separator else { return false }
                tokens.append(.separator)
                index += 1
            } else {
                return false
            }
        }
        return tokens.last != .separator || isWeekdayWithComma
    }

    private var isWeekdayWithComma: Bool {
        guard tokens.count == 2, case .weekday = tokens[0] else { return false }
        return hasTime
    }

    /// A word: a month, a weekday, or the `T` between a date and its time.
    private mutating func add(_ word: String, at index: Int, of text: [UInt8]) -> Bool {
        if word == "t" {
            return !tokens.isEmpty && !hasTime && index + 1 < text.count && isDigit(text[index + 1])
                && text[(index + 1)...].contains(UInt8(ascii: ":"))
        }
        if let month = Self.index(of: word, in: Self.months) {
            tokens.append(.month(month + 1))
        } else if let weekday = Self.index(of: word, in: Self.weekdays), tokens.isEmpty {
            tokens.append(.weekday(weekday))
        } else {
            return false
        }
        return true
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    private static func index(of word: String, in names: [String]) -> Int? {
        names.firstIndex { $0 == word || (word.utf8.count == 3 && $0.hasPrefix(word)) }
    }

    // MARK: The date

    private var isDate: Bool {
        var rest = tokens[...]
        var weekday: Int?
        if case .weekday(let day)? = rest.first {
            weekday = day
            rest.removeFirst()
            if rest.first == .separator { rest.removeFirst() }
        }
        guard !rest.isEmpty else { return weekday != nil && hasTime }
        guard let (year, month, day) = date(rest.filter { $0 != .separator }) else { return false }
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...CivilTime.daysInMonth(month, of: year)).contains(day)
        else { return false }
        return weekday.map { $0 == Self.weekday(year, month, day) } ?? true
    }

    /// Year, month and day of a date's parts; a leap year stands for a year that is not named.
    private func date(_ parts: [Token]) -> (Int, Int, Int)? {
        var numbers: [(value: Int, isYear: Bool)] = []
        var month: Int?
        for part in parts {
            switch part {
            case .number(let value, let digits): numbers.append((value, digits > 2))
            case .month(let value) where month == nil: month = value
            default: return nil
            }
        }
        guard numbers.count(where: \.isYear) <= 1 else { return nil }
        let values = numbers.map(\.value)
        guard let month else { return Self.date(values, yearAt: numbers.firstIndex(where: \.isYear)) }
        switch (values.count, numbers.firstIndex(where: \.isYear)) {
        case (1, nil): return (2000, month, values[0])
        case (1, 0): return (values[0], month, 1)
        case (2, nil): return (Self.century(values[1]), month, values[0])
        case (2, 0): return (values[0], month, values[1])
        case (2, 1): return (values[1], month, values[0])
        default: return nil
        }
    }

    /// Year, month and day of two or three numbers.
    private static func date(_ values: [Int], yearAt place: Int?) -> (Int, Int, Int)? {
        switch (values.count, place) {
        case (2, nil): (2000, values[0], values[1])
        case (2, 0): (values[0], values[1], 1)
        case (2, 1): (values[1], values[0], 1)
        case (3, nil): (century(values[2]), values[0], values[1])
        case (3, 0): (values[0], values[1], values[2])
        case (3, 2): (values[2], values[0], values[1])
        default: nil
        }
    }

    /// Two digits: the years up to 2049 and from 1950.
    private static func century(_ year: Int) -> Int { year < 50 ? 2000 + year : 1900 + year }

    private static func weekday(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Sakamoto's method.
        let offsets = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]
        let year = month < 3 ? year - 1 : year
        return (year + year / 4 - year / 100 + year / 400 + offsets[month - 1] + day) % 7
    }
}
