@testable import FunctionKit

struct Name: CodingKey, Hashable {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension JSONOutcome {
    var isFailure: Bool { if case .failure = self { true } else { false } }
}

/// Keeps the container that it is read from.
struct Probe: Decodable {
    var members: KeyedDecodingContainer<Name>
    init(from decoder: any Decoder) throws { members = try decoder.container(keyedBy: Name.self) }
}

/// Keeps its container, after other ones were made of the same value.
struct KeptMembers: Decodable {
    enum Mode: CaseIterable { case first, second, copied, read }
    @TaskLocal static var mode = Mode.first
    var members: KeyedDecodingContainer<Name>

    init(from decoder: any Decoder) throws {
        members = try decoder.container(keyedBy: Name.self)
        switch Self.mode {
        case .first: break
        case .second: members = try decoder.container(keyedBy: Name.self)
        case .copied: members = [members, members][1]
        case .read:
            _ = try members.decode(Int.self, forKey: Name("a"))
            _ = try decoder.container(keyedBy: Name.self).decode(Int.self, forKey: Name("b"))
        }
    }
}

/// Keeps its decoder.
struct KeptDecoder: Decodable {
    var decoder: any Decoder

    init(from decoder: any Decoder) throws {
        self.decoder = decoder
        let members = try decoder.container(keyedBy: Name.self)
        _ = try members.decode(Int.self, forKey: Name("a"))
        let inner = try members.superDecoder()
        _ = try? inner.container(keyedBy: Name.self)
    }
}

/// Takes something out of an encoder.
struct Keeper<Kept>: Encodable {
    final class Place { var kept: Kept? }
    let place = Place()
    let take: (any Encoder) throws -> Kept

    func encode(to encoder: any Encoder) throws { place.kept = try take(encoder) }

    static func encoded(_ take: @escaping (any Encoder) throws -> Kept) -> Kept? {
        let keeper = Keeper(take: take)
        guard (try? JSONCoding.body([keeper])) != nil else { return nil }
        return keeper.place.kept
    }
}

/// A tree of one type, whose containers are all open at once.
struct Tree: Codable, Equatable {
    var name: String
    var children: [Tree]
    var after: Int

    init(depth: Int, width: Int) {
        name = "depth \(depth)"
        children = depth == 0 ? [] : (0..<width).map { _ in Tree(depth: depth - 1, width: width) }
        after = depth
    }
}

/// Objects with more types of keys than containers are kept for.
struct Many: Codable, Equatable {
    struct A: Codable, Equatable { var x = 1 }
    struct B: Codable, Equatable { var x = 2 }
    struct C: Codable, Equatable { var x = 3 }
    struct D: Codable, Equatable { var x = 4, a = A() }
    struct E: Codable, Equatable { var x = 5, d = D() }
    struct F: Codable, Equatable { var x = 6 }
    struct G: Codable, Equatable { var x = 7 }
    struct H: Codable, Equatable { var x = 8, e = E() }
    struct I: Codable, Equatable { var x = 9 }
    struct J: Codable, Equatable { var x = 10, i = I() }
    var a = A(), b = B(), c = C(), d = D(), e = E(), f = F(), g = G(), h = H(), i = I(), j = J()
    var more = [J(), J(), J()], map = ["k": I(), "l": I()]
}

/// Writes to several containers of one type in turns, and to one after the value behind it was begun.
struct Turns: Encodable {
    func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Name.self)
        var nested = (0..<12).map { outer.nestedContainer(keyedBy: Name.self, forKey: Name("n\($0)")) }
        for round in 0..<3 {
            for index in nested.indices {
                try nested[index].encode(round, forKey: Name("r\(round)"))
                try nested[11 - index].encode([["x": index], ["y": round]], forKey: Name("l\(round)"))
            }
            try outer.encode(["k": round], forKey: Name("o\(round)"))
        }
        nested.removeAll()
        var late = outer.nestedContainer(keyedBy: Name.self, forKey: Name("n3"))
        try late.encode(true, forKey: Name("late"))
    }
}

/// An element that is too wide for the memory of many to be taken at once.
struct Wide: Decodable {
    var values: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int)
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer().decode(Int.self)
        values = (value, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, value)
    }
}
