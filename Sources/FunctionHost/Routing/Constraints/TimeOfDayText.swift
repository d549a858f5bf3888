/// The time within a date, for ``DateTimeText``.
///
/// - Returns: the place behind the time that begins at `start` with an hour; nil when no time begins there.
func timeEnd(in text: [UInt8], from start: Int, hour: Int, digits: Int) -> Int? {
    guard digits <= 2 else { return nil }
    var index = start + digits
    var hourMax = 23
    var hasMinutes = false
    if index < text.count, text[index] == UInt8(ascii: ":") {
        guard let minutes = twoDigits(in: text, at: &index) else { return nil }
        guard minutes <= 59 else { return nil }
        hasMinutes = true
        if index < text.count, text[index] == UInt8(ascii: ":") {
            guard let seconds = twoDigits(in: text, at: &index), seconds <= 59 else { return nil }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                let fraction = text[(index + 1)...].prefix(while: isDigit)
                guard !fraction.isEmpty else { return nil }
                index += 1 + fraction.count
            }
        }
    }
    if let end = halfOfDayEnd(in: text, from: index) {
        index = end
        hourMax = 12
    } else if !hasMinutes {
        return nil
    }
    guard hour <= hourMax else { return nil }
    return zoneEnd(in: text, from: index)
}

/// Passes `:` and one or two digits, and gives their value.
private func twoDigits(in text: [UInt8], at index: inout Int) -> Int? {
    let digits = text[(index + 1)...].prefix(while: isDigit)
    guard (1...2).contains(digits.count) else { return nil }
    index += 1 + digits.count
    return Int(String(decoding: digits, as: UTF8.self))
}

private func skippingSpaces(in text: [UInt8], from start: Int) -> Int {
    var index = start
    while index < text.count, text[index] == 0x20 { index += 1 }
    return index
}

private func word(in text: [UInt8], from start: Int) -> String {
    String(decoding: text[start...].prefix(while: isASCIILetter), as: UTF8.self).lowercased()
}

/// The place behind `AM` or `PM`; nil when neither follows.
private func halfOfDayEnd(in text: [UInt8], from start: Int) -> Int? {
    let index = skippingSpaces(in: text, from: start)
    guard index < text.count else { return nil }
    return ["am", "pm"].contains(word(in: text, from: index)) ? index + 2 : nil
}

/// The place behind a zone, or `start` when none follows; nil when one follows that is wrong.
private func zoneEnd(in text: [UInt8], from start: Int) -> Int? {
    let index = skippingSpaces(in: text, from: start)
    guard index < text.count else { return start }
    let name = word(in: text, from: index)
    if name == "z" || name == "gmt" { return index + name.utf8.count }
    guard text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") else { return start }
    let first = text[(index + 1)...].prefix(while: isDigit)
    guard let value = Int(String(decoding: first, as: UTF8.self)) else { return nil }
    var end = index + 1 + first.count
    var (hours, minutes) = (value, 0)
    if first.count > 2 {
        guard first.count <= 4 else { return nil }
        (hours, minutes) = (value / 100, value % 100)
    } else if end < text.count, text[end] == UInt8(ascii: ":") {
        guard let parsed = twoDigits(in: text, at: &end) else { return nil }
        minutes = parsed
    }
    return hours * 60 + minutes <= 14 * 60 && minutes <= 59 ? end : nil
}
