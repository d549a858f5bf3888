extension Timestamp: CustomStringConvertible, Codable, LosslessStringConvertible {
    /// The first moment that RFC 3339 can name here: the beginning of the year 1.
    public static let earliestText = Timestamp(milliseconds: -62_135_596_800_000)
    /// The last moment that RFC 3339 can name: the last millisecond of the year 9999.
    public static let latestText = Timestamp(milliseconds: 253_402_300_799_999)

    /// RFC 3339 in UTC with milliseconds: `2026-11-20T12:14:00.123Z`. A moment before the year 1 or after 9999 shows as the
    /// nearest moment that has a text, so that texts still sort as the moments do.
    public var description: String { text(fractionalDigits: 3) }

    /// RFC 3339 in UTC without a fraction, rounded down: `2026-11-20T12:14:00Z`.
    public var wholeSecondsText: String { text(fractionalDigits: 0) }

    /// Appends ``description`` to bytes, for log lines that are put together without making strings.
    public func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            let count = write(fractionalDigits: 3, to: buffer)
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// The most bytes of ``description``.
    public static let textBytesMax = 32

    /// Writes ``description`` into a buffer that has room for ``textBytesMax``; returns how many bytes it has.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(buffer.count >= Self.textBytesMax, "There is no room for a time.")
        return write(fractionalDigits: 3, to: buffer)
    }

    private func text(fractionalDigits: Int) -> String {
        String(unsafeUninitializedCapacity: 32) { write(fractionalDigits: fractionalDigits, to: $0) }
    }

    /// Writes the text into a buffer of at least 32 bytes.
    private func write(fractionalDigits: Int, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let moment = min(max(self, Timestamp.earliestText), Timestamp.latestText)
        let civil = CivilTime(secondsSinceEpoch: moment.seconds)
        let fraction = Int(moment.milliseconds - moment.seconds * 1000)
        var writer = DigitWriter(buffer: buffer)
        writer.put(civil.year, width: 4, then: "-")
        writer.put(civil.month, width: 2, then: "-")
        writer.put(civil.day, width: 2, then: "T")
        writer.put(civil.hour, width: 2, then: ":")
        writer.put(civil.minute, width: 2, then: ":")
        writer.put(civil.second, width: 2, then: fractionalDigits > 0 ? "." : "Z")
        if fractionalDigits > 0 { writer.put(fraction, width: 3, then: "Z") }
        return writer.count
    }

    /// Reads RFC 3339 (section 5.6) with any offset and any number of fractional digits; digits beyond the millisecond are
    /// dropped. A leap second (23:59:60 UTC, section 5.7) reads as the first second of the next day. Nil for anything else, and
    /// for a moment that lies outside the years 1 to 9999 of UTC.
    public init?(_ text: String) { self.init(rfc3339: Array(text.utf8)[...]) }

    /// Reads the same from bytes.
    init?(rfc3339 bytes: ArraySlice<UInt8>) {
        var reader = DigitReader(bytes: bytes, position: bytes.startIndex)
        guard
            let year = reader.number(width: 4), reader.take("-"),
            let month = reader.number(width: 2), (1...12).contains(month), reader.take("-"),
            let day = reader.number(width: 2), (1...CivilTime.daysInMonth(month, of: year)).contains(day),
            reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(width: 2), hour < 24, reader.take(":"),
            let minute = reader.number(width: 2), minute < 60, reader.take(":"),
            let second = reader.number(width: 2), second <= 60,
            let fraction = reader.fractionMilliseconds(),
            let offset = reader.offsetSeconds(), reader.isAtEnd
        else { return nil }
        let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        let seconds = civil.secondsSinceEpoch - Int64(offset)
        let moment = Timestamp(milliseconds: seconds * 1000 + Int64(fraction))
        guard (Timestamp.earliestText...Timestamp.latestText).contains(moment) else { return nil }
        // What follows a leap second is a day's first second; a second 60 anywhere else does not exist.
        guard second < 60 || floorQuotient(seconds, 86_400) * 86_400 == seconds else { return nil }
        self = moment
    }

    /// Decodes the RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Timestamp(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text)' is not an RFC 3339 time such as 2026-11-20T12:14:00Z."
            )
        }
        self = value
    }

    /// Encodes the RFC 3339 text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Writes fixed-width decimal numbers into a string's buffer.
private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    @inline(__always)
    mutating func put(_ value: Int, width: Int, then separator: Unicode.Scalar) {
        var rest = UInt32(truncatingIfNeeded: value)
        for position in stride(from: width - 1, through: 0, by: -1) {
            buffer[count + position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        buffer[count + width] = UInt8(ascii: separator)
        count += width + 1
    }
}

/// Reads the fields of an RFC 3339 time, one after another.
private struct DigitReader {
    let bytes: ArraySlice<UInt8>
    var position: Int

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func number(width: Int) -> Int? {
        guard position + width <= bytes.endIndex else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        position += width
        return value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.endIndex, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// The optional `.123`; nil when a dot has no digit behind it.
    mutating func fractionMilliseconds() -> Int? {
        guard take(".") else { return 0 }
        var value = 0
        var digits = 0
        while let digit = number(width: 1) {
            if digits < 3 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 3)..<3 { value *= 10 }
        return value
    }

    /// `Z` or `±hh:mm`, in seconds east of UTC.
    mutating func offsetSeconds() -> Int? {
        if take("Z") || take("z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(width: 2), hours < 24, take(":"), let minutes = number(width: 2), minutes < 60 else {
            return nil
        }
        return sign * (hours * 3600 + minutes * 60)
    }
}
