/// An amount in hundredths of a currency's unit; its text form is a decimal number, such as `120.00`.
package struct Money: Codable, Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The hundredths.
    package var cents: Int64

    /// The largest amount that is read, in hundredths; products of two such amounts stay within 64 bits.
    package static let centsMax: Int64 = 1_000_000_000

    /// Makes an amount.
    package init(cents: Int64) { self.cents = cents }

    /// Reads `12`, `12.5` or `12.50`; nil for anything else, and for more than ``centsMax``.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            parts.count == 1 || (1...2).contains(parts[1].count),
            let units = Int64(parts[0]),
            let hundredths = Int64(parts.count == 1 ? "00" : parts[1].count == 1 ? "\(parts[1])0" : parts[1])
        else { return nil }
        cents = units * 100 + hundredths
        guard cents <= Self.centsMax else { return nil }
    }

    /// The decimal number.
    package var description: String {
        let rest = "\(cents.magnitude % 100)"
        return "\(cents < 0 ? "-" : "")\(cents.magnitude / 100).\(rest.count == 1 ? "0" : "")\(rest)"
    }

    /// A share of the amount, rounded to the nearest hundredth.
    package func percent(_ percent: Int64) -> Money { Money(cents: (cents * percent + 50) / 100) }

    /// Adds two amounts.
    package static func + (left: Money, right: Money) -> Money { Money(cents: left.cents + right.cents) }

    /// Subtracts two amounts.
    package static func - (left: Money, right: Money) -> Money { Money(cents: left.cents - right.cents) }

    /// Orders amounts.
    package static func < (left: Money, right: Money) -> Bool { left.cents < right.cents }

    /// Decodes the text form.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Money(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "An amount is a text like 120.00.")
        }
        self = value
    }

    /// Encodes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
