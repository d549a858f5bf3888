/// An amount or a quantity as decimal digits, exactly as its system wrote them: `120.50` stays `120.50`.
///
/// It is never a floating-point number. The form is that of a JSON number without an exponent: an optional minus, digits
/// without a needless zero in front, an optional fraction.
public struct DecimalText: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The digits.
    public let description: String

    /// The most characters of an amount; a longer one is not money.
    public static let charactersMax = 40

    /// Makes an amount; nil when the text has another form.
    public init?(_ text: String) {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= DecimalText.charactersMax, (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }),
            parts[0].count == 1 || parts[0].first != UInt8(ascii: "0")
        else { return nil }
        description = text
    }

    /// Decodes a JSON string; see ``quotingNumbers(in:)`` for how a JSON number becomes one.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = DecimalText(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "'\(text.prefix(60))' is not a decimal amount such as 120.50."
            )
        }
        self = value
    }

    /// Encodes a JSON string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// An answer whose numbers must arrive digit for digit: ``IntegrationClient`` hands each of them on as a string.
public protocol ExactNumbers {}

/// Turns every number of a JSON text into a string of the same characters.
///
/// A decoder reads a JSON number as a double or at best drops its trailing zeros; as a string it arrives unchanged. Texts
/// inside quotes are left alone, and what is not JSON stays not JSON for the decoder to refuse.
public func quotingNumbers(in json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(json.count + json.count / 8)
    var isInString = false
    var isEscaped = false
    var isInNumber = false
    let quote = UInt8(ascii: "\"")
    for byte in json {
        if isInNumber, !isNumberByte(byte) {
            result.append(quote)
            isInNumber = false
        }
        if isInString {
            if byte == quote && !isEscaped { isInString = false }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        } else if byte == quote {
            isInString = true
        } else if !isInNumber, beginsNumber(byte, after: result.last) {
            result.append(quote)
            isInNumber = true
        }
        result.append(byte)
    }
    if isInNumber { result.append(quote) }
    return result
}

/// A number begins after a bracket, a comma, a colon or white space; the `e` of `true` and `false` begins none.
private func beginsNumber(_ byte: UInt8, after previous: UInt8?) -> Bool {
    guard byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) else { return false }
    guard let previous else { return true }
    return " \t\r\n[,:".utf8.contains(previous)
}

private func isNumberByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
}
