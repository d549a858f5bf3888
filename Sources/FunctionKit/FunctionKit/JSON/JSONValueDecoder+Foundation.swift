import FoundationEssentials

extension JSONValueDecoder {
    /// Decodes a `Date` (seconds since 2001), `Data` (base64), `URL` (its text) or `Decimal` (a number).
    func decodeFoundationType<Value>() throws -> Value {
        if isNull(current) { throw JSONValueFailure.null.error(Value.self, .null, path) }
        if Value.self == Date.self { return try sameType(Date(from: self)) }
        if Value.self == Data.self { return try sameType(decodeData()) }
        if Value.self == URL.self { return try sameType(decodeURL()) }
        return try sameType(decodeDecimal())
    }

    private func decodeData() throws -> Data {
        guard let data = Data(base64Encoded: try decode(String.self)) else {
            throw corrupted("Encountered Data is not valid Base64.")
        }
        return data
    }

    private func decodeURL() throws -> URL {
        guard let url = URL(string: try decode(String.self)) else { throw corrupted("Invalid URL string.") }
        return url
    }

    /// Up to this power of ten either way, a `Decimal` holds 20 digits for certain.
    private static var decimalExponentMax: Int { 64 }

    private func decodeDecimal() throws -> Decimal {
        let token = self.token(current)
        if token.kind == .integer { return Decimal(token.integer) }
        guard token.kind == .number else { throw JSONValueFailure.mismatch.error(Decimal.self, token.kind, path) }
        let text = document.bytes(of: token)
        if let number = try? JSONNumberValue(text), let digits = number.digits,
            abs(number.exponent) <= Self.decimalExponentMax
        {
            let sign: FloatingPointSign = number.isNegative ? .minus : .plus
            return Decimal(sign: sign, exponent: number.exponent, significand: Decimal(digits))
        }
        guard let decimal = try? JSONDecoder().decode(Decimal.self, from: Data(text)) else { throw JSONMalformed() }
        return decimal
    }

    private func corrupted(_ words: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: path, debugDescription: words))
    }
}
