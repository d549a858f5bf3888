import FoundationEssentials

/// Why a value is not of the type that is asked for.
enum JSONValueFailure: Error {
    /// It is null.
    case null
    /// It is a value of another kind.
    case mismatch
    /// It is a number that the type cannot hold, or no number or text at all.
    case malformed

    /// The error for a value at a path.
    ///
    /// What is malformed has no path, as with Foundation, whose decoder finds that out apart from the value's place.
    func error(_ type: Any.Type, _ kind: JSONToken.Kind, _ path: [any CodingKey]) -> any Error {
        if case .malformed = self { return JSONMalformed() }
        return decodingError(type, kind, path)
    }

    /// The error for a null or for a value of another kind.
    func decodingError(_ type: Any.Type, _ kind: JSONToken.Kind, _ path: [any CodingKey]) -> DecodingError {
        guard case .null = self else {
            let words = "Expected to decode \(type) but found \(kind.words) instead."
            return .typeMismatch(type, DecodingError.Context(codingPath: path, debugDescription: words))
        }
        let words = "Cannot get value of type \(type) -- found null value instead"
        return .valueNotFound(type, DecodingError.Context(codingPath: path, debugDescription: words))
    }
}

extension JSONToken.Kind {
    /// How an error names a value.
    fileprivate var words: String {
        switch self {
        case .null: "null"
        case .true, .false: "bool"
        case .string: "a string"
        case .integer, .number: "number"
        case .array: "an array"
        case .object: "a dictionary"
        }
    }
}

extension JSONValueDecoder {
    func isNull(_ value: Int) -> Bool { token(value).kind == .null }

    /// A string of ASCII without escapes; nil for what takes a closer look.
    @inline(__always)
    func quickString(_ value: Int) -> String? {
        let token = self.token(value)
        guard token.kind == .string, token.traits == [.plain, .ascii] else { return nil }
        return String(decoding: document.bytes(of: token), as: UTF8.self)
    }

    /// An integer as most are written; nil for what takes a closer look.
    @inline(__always)
    func quickInteger<Value: FixedWidthInteger>(_ value: Int, _ type: Value.Type) -> Value? {
        let token = self.token(value)
        return token.kind == .integer ? Value(exactly: token.integer) : nil
    }

    /// A boolean. A null is a mismatch, as Foundation has it.
    @inline(__always)
    func bool(_ value: Int) throws(JSONValueFailure) -> Bool {
        switch token(value).kind {
        case .true: true
        case .false: false
        default: throw .mismatch
        }
    }

    func string(_ value: Int) throws(JSONValueFailure) -> String {
        let token = self.token(value)
        guard token.kind == .string else { throw token.kind == .null ? .null : .mismatch }
        do throws(JSONMalformed) {
            return try document.string(token)
        } catch {
            throw .malformed
        }
    }

    /// An integer; one that is written with a fraction or an exponent counts if it is whole.
    @inline(__always)
    func integer<Value: FixedWidthInteger & Decodable>(
        _ value: Int,
        _ type: Value.Type
    ) throws(JSONValueFailure) -> Value {
        let token = self.token(value)
        if token.kind == .integer, let result = Value(exactly: token.integer) { return result }
        return try unusualInteger(token)
    }

    @inline(never)
    private func unusualInteger<Value: FixedWidthInteger & Decodable>(
        _ token: JSONToken
    ) throws(JSONValueFailure) -> Value {
        switch token.kind {
        case .number: break
        case .integer: throw .malformed
        default: throw token.kind == .null ? .null : .mismatch
        }
        let text = document.bytes(of: token)
        guard let number = try? JSONNumberValue(text) else { throw .malformed }
        if number.isInteger {
            guard let result = Value(String(decoding: text, as: UTF8.self)) else { throw .malformed }
            return result
        }
        if let whole = number.exactInteger {
            guard let result = Value(exactly: whole) else { throw .malformed }
            return result
        }
        // What becomes of 1e30 and 1.0000000000000001 is Foundation's affair: by way of Double, or of Decimal beyond 2^53.
        guard let result = try? JSONDecoder().decode(Value.self, from: Data(text)) else { throw .malformed }
        return result
    }

    /// The `Double` that is nearest; one beyond its range, or one that only rounding makes zero, is malformed.
    func double(_ value: Int) throws(JSONValueFailure) -> Double {
        let token = self.token(value)
        if token.kind == .integer { return Double(token.integer) }
        return try real(token, exact: \.exactDouble)
    }

    /// The `Float` that is nearest, by the rules of ``double(_:)``.
    func float(_ value: Int) throws(JSONValueFailure) -> Float {
        let token = self.token(value)
        if token.kind == .integer { return Float(token.integer) }
        return try real(token) { _ in nil }
    }

    private func real<Value: BinaryFloatingPoint & LosslessStringConvertible>(
        _ token: JSONToken,
        exact: (JSONNumberValue) -> Value?
    ) throws(JSONValueFailure) -> Value {
        guard token.kind == .number else { throw token.kind == .null ? .null : .mismatch }
        let text = document.bytes(of: token)
        guard let number = try? JSONNumberValue(text),
            let value = exact(number) ?? Value(String(decoding: text, as: UTF8.self)),
            value.isFinite && (value != 0 || number.isZero)
        else { throw .malformed }
        return value
    }
}
