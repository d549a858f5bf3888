import FoundationEssentials
import FunctionKit

/// A JSON object read by the letter of RFC 8259, for input that a signature protects: a member that stands twice, a number
/// that is none, or anything behind the object refuses the whole text, so that no two readers see different claims.
struct StrictJSON {
    /// A member's value. What no claim uses is only checked and then forgotten.
    enum Value: Hashable {
        case text(String)
        case number(Double)
        case bool(Bool)
        case null
        case composite
    }

    /// The deepest nesting that is read.
    static let depthMax = 8

    private let bytes: [UInt8]
    private var position = 0

    /// Reads an object; nil when the bytes are anything else.
    static func object(_ bytes: [UInt8]) -> [String: Value]? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var reader = StrictJSON(bytes: bytes)
        reader.skipSpace()
        guard let members = reader.members(depth: 1) else { return nil }
        reader.skipSpace()
        return reader.position == bytes.count ? members : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func members(depth: Int) -> [String: Value]? {
        guard depth <= Self.depthMax, take("{") else { return nil }
        var result: [String: Value] = [:]
        skipSpace()
        if take("}") { return result }
        while true {
            skipSpace()
            guard let name = text(), result[name] == nil else { return nil }
            skipSpace()
            guard take(":"), let value = value(depth: depth) else { return nil }
            result[name] = value
            skipSpace()
            if take("}") { return result }
            guard take(",") else { return nil }
        }
    }

    private mutating func isArray(depth: Int) -> Bool {
        guard depth <= Self.depthMax, take("[") else { return false }
        skipSpace()
        if take("]") { return true }
        while value(depth: depth) != nil {
            skipSpace()
            if take("]") { return true }
            guard take(",") else { return false }
        }
        return false
    }

    private mutating func value(depth: Int) -> Value? {
        skipSpace()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "\""): return text().map { .text($0) }
        case UInt8(ascii: "{"): return members(depth: depth + 1).map { _ in .composite }
        case UInt8(ascii: "["): return isArray(depth: depth + 1) ? .composite : nil
        case UInt8(ascii: "t"): return word("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return word("null") ? .null : nil
        default: return number().map { .number($0) }
        }
    }

    /// A string, its end found here and its escapes left to the decoder.
    private mutating func text() -> String? {
        let start = position
        guard take("\"") else { return nil }
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""):
                position += 1
                return decoded(bytes[start..<position])
            case 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private func decoded(_ literal: ArraySlice<UInt8>) -> String? {
        guard literal.contains(UInt8(ascii: "\\")) else {
            return String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
        }
        let array = [UInt8(ascii: "[")] + literal + [UInt8(ascii: "]")]
        return try? JSONDecoder().decode([String].self, from: Data(array)).first
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() -> Double? {
        let start = position
        _ = take("-")
        if !take("0") {
            guard digits() > 0 else { return nil }
        }
        if take(".") {
            guard digits() > 0 else { return nil }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { return nil }
        }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else { return nil }
        return number.isFinite ? number : nil
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return position - start
    }

    private mutating func word(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
