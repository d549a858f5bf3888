extension PosixTimeZone {
    /// Reads `PST8PDT,M3.2.0,M11.1.0`, `<+03>-3` and the like; nil for any other text.
    init?(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard reader.name(), let standard = reader.time(hoursMax: 24) else { return nil }
        standardOffset = Int(-standard)
        guard !reader.rest.isEmpty else { return }
        guard reader.name() else { return nil }
        var offset = standardOffset + 3600
        if let first = reader.rest.first, first != UInt8(ascii: ",") {
            guard let written = reader.time(hoursMax: 24) else { return nil }
            offset = Int(-written)
        }
        guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// An abbreviation: three letters or more, or anything of letters, digits and signs in angle brackets.
        mutating func name() -> Bool {
            let isQuoted = take("<")
            let letters = rest.prefix { byte in
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                return isLetter || (isQuoted && (isDigit(byte) || isSign))
            }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3 && (!isQuoted || take(">"))
        }

        mutating func number(max: Int) -> Int? {
            let digits = rest.prefix(while: isDigit)
            guard (1...3).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            return value <= max ? value : nil
        }

        /// `[+|-]h[:mm[:ss]]` in seconds.
        mutating func time(hoursMax: Int) -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number(max: hoursMax) else { return nil }
            var seconds = hours * 3600
            if take(":") {
                guard let minutes = number(max: 59) else { return nil }
                seconds += minutes * 60
                if take(":") {
                    guard let rest = number(max: 59) else { return nil }
                    seconds += rest
                }
            }
            return Int64(isNegative ? -seconds : seconds)
        }

        /// `,date[/time]`; the time is 02:00 unless given.
        mutating func change() -> Change? {
            guard take(","), let day = day() else { return nil }
            guard take("/") else { return Change(day: day, time: 7200) }
            return time(hoursMax: 167).map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Change.Day? {
            if take("M") {
                guard
                    let month = number(max: 12), month > 0, take("."),
                    let week = number(max: 5), week > 0, take("."),
                    let weekday = number(max: 6)
                else { return nil }
                return .weekday(weekday, week: week, month: month)
            }
            if take("J") {
                guard let number = number(max: 365), number > 0 else { return nil }
                return .ordinalWithoutLeapDay(number)
            }
            return number(max: 365).map { .ordinal($0) }
        }
    }
}
