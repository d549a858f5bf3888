import FoundationEssentials

@testable import FunctionKit

/// What a coder made of something: a value, or which error at which path.
enum JSONOutcome: Equatable, CustomStringConvertible {
    case value(String)
    case failure(String)

    var description: String {
        switch self {
        case .value(let value): "value \(value)"
        case .failure(let words): "failure \(words)"
        }
    }

    init(_ body: () throws -> String) {
        do {
            self = .value(try body())
        } catch let error as DecodingError {
            self = .failure(Self.describe(error))
        } catch let error as EncodingError {
            self = .failure(Self.describe(error))
        } catch {
            self = .failure("\(error)")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "keyNotFound \(key.stringValue) at \(path(context.codingPath))"
        case .valueNotFound(let type, let context): "valueNotFound \(type) at \(path(context.codingPath))"
        case .typeMismatch(let type, let context):
            // Foundation has no words for a Decimal.
            "typeMismatch \(type) at \(path(context.codingPath)): \(type == Decimal.self ? "" : context.debugDescription)"
        case .dataCorrupted(let context): "dataCorrupted at \(path(context.codingPath))"
        @unknown default: "\(error)"
        }
    }

    private static func describe(_ error: EncodingError) -> String {
        guard case .invalidValue(_, let context) = error else { return "\(error)" }
        return "invalidValue at \(path(context.codingPath)): \(context.debugDescription)"
    }

    private static func path(_ path: [any CodingKey]) -> String {
        "/" + path.map { $0.intValue.map { "#\($0)" } ?? $0.stringValue }.joined(separator: "/")
    }

    /// What Foundation's decoder makes of a text.
    static func foundation<Value: Decodable>(_ type: Value.Type, _ text: [UInt8]) -> JSONOutcome {
        JSONOutcome { String(reflecting: try JSONDecoder().decode(type, from: Data(text))) }
    }

    /// What ours makes of it.
    static func ours<Value: Decodable>(_ type: Value.Type, _ text: [UInt8]) -> JSONOutcome {
        JSONOutcome { String(reflecting: try JSONCoding.decode(type, from: text)) }
    }

    /// What Foundation's encoder makes of a value.
    static func foundation(_ value: some Encodable) -> JSONOutcome {
        JSONOutcome {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        }
    }

    /// What ours makes of it.
    static func ours(_ value: some Encodable) -> JSONOutcome {
        JSONOutcome { try JSONCoding.text(value) }
    }
}
