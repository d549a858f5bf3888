import FoundationEssentials

/// Any JSON value, read by way of every kind of container; the members in the order of `allKeys`.
indirect enum AnyJSON: Codable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case array([AnyJSON])
    case object([Member])

    struct Member: Equatable {
        var name: String
        var value: AnyJSON
    }

    struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws { self = try Self.read(decoder) }

    private static func read(_ decoder: any Decoder) throws -> AnyJSON {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() { return .null }
        if let value = try? single.decode(Bool.self) { return .bool(value) }
        if let value = try? single.decode(Int.self) { return .integer(value) }
        if let value = try? single.decode(Double.self) { return .number(value) }
        if let value = try? single.decode(String.self) { return .text(value) }
        if var elements = try? decoder.unkeyedContainer() {
            var list: [AnyJSON] = []
            while !elements.isAtEnd { list.append(try elements.decode(AnyJSON.self)) }
            return .array(list)
        }
        let members = try decoder.container(keyedBy: Name.self)
        let names = members.allKeys.sorted { $0.stringValue < $1.stringValue }
        return .object(
            try names.map { Member(name: $0.stringValue, value: try members.decode(AnyJSON.self, forKey: $0)) }
        )
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let list):
            var members = encoder.container(keyedBy: Name.self)
            for member in list { try members.encode(member.value, forKey: Name(stringValue: member.name)) }
        case .array(let list):
            var elements = encoder.unkeyedContainer()
            for element in list { try elements.encode(element) }
        default:
            var single = encoder.singleValueContainer()
            switch self {
            case .bool(let value): try single.encode(value)
            case .integer(let value): try single.encode(value)
            case .number(let value): try single.encode(value)
            case .text(let value): try single.encode(value)
            default: try single.encodeNil()
            }
        }
    }
}

/// A type as functions have them.
struct Order: Codable, Equatable {
    struct Line: Codable, Equatable {
        var article: String
        var count: Int
        var price: Double?
    }

    enum State: String, Codable { case open, shipped }

    var id: String
    var state: State
    var lines: [Line]
    var notes: [String: String]?
    var isPaid: Bool
}

/// A type that inherits, whose super has its own member.
class Animal: Codable {
    var name: String
    init(name: String) { self.name = name }
}

final class Dog: Animal, CustomDebugStringConvertible {
    var age: Int
    private enum Key: CodingKey { case age }

    init(name: String, age: Int) {
        self.age = age
        super.init(name: name)
    }

    required init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        age = try members.decode(Int.self, forKey: .age)
        try super.init(from: try members.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(age, forKey: .age)
        try super.encode(to: members.superEncoder())
    }

    var debugDescription: String { "Dog(\(name), \(age))" }
}

/// A point in a nested array in a nested object, read through nested containers.
struct Nested: Codable, Equatable {
    var x: Int
    var y: Int
    private enum Key: CodingKey { case outer, point }

    init(x: Int, y: Int) { (self.x, self.y) = (x, y) }

    init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: Key.self).nestedContainer(keyedBy: Key.self, forKey: .outer)
        var point = try outer.nestedUnkeyedContainer(forKey: .point)
        x = try point.decode(Int.self)
        y = try point.decode(Int.self)
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        var outer = members.nestedContainer(keyedBy: Key.self, forKey: .outer)
        var point = outer.nestedUnkeyedContainer(forKey: .point)
        try point.encode(x)
        try members.encode("beside it", forKey: .point)
        try point.encode(y)
    }
}

/// The elements of an array that are integers, others left out.
struct Sparse: Decodable, Equatable {
    var found: [Int?] = []

    init(from decoder: any Decoder) throws {
        var elements = try decoder.unkeyedContainer()
        while !elements.isAtEnd {
            if try elements.decodeNil() {
                found.append(nil)
            } else if let value = try? elements.decode(Int.self) {
                found.append(value)
            } else {
                _ = try elements.superDecoder()
            }
        }
        found.append(elements.currentIndex)
    }
}
