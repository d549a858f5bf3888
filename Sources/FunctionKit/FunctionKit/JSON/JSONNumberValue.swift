/// A number of a JSON text taken apart (RFC 8259, section 6): no plus sign, no leading zero, digits on both sides of a point.
struct JSONNumberValue {
    private(set) var isNegative = false
    /// The digits as one integer; nil when they are more than 64 bits hold.
    private(set) var digits: UInt64? = 0
    /// The power of ten that the digits are multiplied by; kept within a billion, beyond which every number is zero or infinite.
    private(set) var exponent = 0
    /// True without fraction and exponent.
    private(set) var isInteger = true
    /// True when no digit before the exponent is other than zero.
    private(set) var isZero = true

    /// Takes a number apart.
    ///
    /// - Throws: ``JSONMalformed`` for what is no number.
    init(_ text: UnsafeRawBufferPointer) throws(JSONMalformed) {
        var place = 0
        if text.first == UInt8(ascii: "-") { (isNegative, place) = (true, 1) }
        let first = place
        readDigits(text, &place)
        guard place > first, text[first] != UInt8(ascii: "0") || place == first + 1 else { throw JSONMalformed() }
        if place < text.count, text[place] == UInt8(ascii: ".") {
            isInteger = false
            place += 1
            let point = place
            readDigits(text, &place)
            guard place > point else { throw JSONMalformed() }
            exponent = point - place
        }
        if place < text.count, text[place] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            place += 1
            exponent += try Self.readExponent(text, &place)
        }
        guard place == text.count else { throw JSONMalformed() }
    }

    private mutating func readDigits(_ text: UnsafeRawBufferPointer, _ place: inout Int) {
        while place < text.count, case let digit = text[place] &- UInt8(ascii: "0"), digit < 10 {
            if digit != 0 { isZero = false }
            if let value = digits {
                let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
                let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
                digits = overflowed || carried ? nil : sum
            }
            place += 1
        }
    }

    private static func readExponent(_ text: UnsafeRawBufferPointer, _ place: inout Int) throws(JSONMalformed) -> Int {
        var isNegative = false
        if place < text.count, text[place] == UInt8(ascii: "-") || text[place] == UInt8(ascii: "+") {
            isNegative = text[place] == UInt8(ascii: "-")
            place += 1
        }
        let first = place
        var value = 0
        while place < text.count, case let digit = text[place] &- UInt8(ascii: "0"), digit < 10 {
            value = min(value * 10 + Int(digit), 1_000_000_000)
            place += 1
        }
        guard place > first else { throw JSONMalformed() }
        return isNegative ? -value : value
    }

    /// The nearest `Double`, where two exact ones give it by one operation, which rounds once; nil for other numbers.
    var exactDouble: Double? {
        guard let digits, digits <= 1 << 53, abs(exponent) <= 22 else { return nil }
        let value = exponent < 0 ? Double(digits) / Self.powers[-exponent] : Double(digits) * Self.powers[exponent]
        return isNegative ? -value : value
    }

    /// The whole number up to 2^53 that it is; nil for other numbers.
    var exactInteger: Int64? {
        guard let digits, digits <= 1 << 53, abs(exponent) <= 15 else { return nil }
        let power = Int64(Self.powers[abs(exponent)])
        let (whole, overflowed) =
            exponent < 0
            ? (Int64(digits) / power, Int64(digits) % power != 0) : Int64(digits).multipliedReportingOverflow(by: power)
        guard !overflowed, whole <= 1 << 53 else { return nil }
        return isNegative ? -whole : whole
    }

    /// The powers of ten that a `Double` holds exactly.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
