import FoundationEssentials
import Testing

@testable import FunctionKit

/// That our encoder makes of a value what Foundation's makes of it, with sorted keys.
@Suite struct JSONEncodingTests {
    @Test func numbersAndWordsAreWrittenAsByFoundation() {
        compare(0)
        compare(Int.min)
        compare(UInt64.max)
        compare(Int8.min)
        compare(UInt128.max)
        compare(Int128.min)
        compare(true)
        compare(Int?.none)
        compare([1, nil, 3])
        for value in [
            0, -0.0, 1, 1.5, 0.1, 1e15, 1e16, 1e17, 1e-5, 1e300, .leastNonzeroMagnitude, 123_456_789_012_345_680, .pi,
        ]
            as [Double]
        {
            compare(value)
            compare([Float(value / 1e280)])
            compare([value])
            compare(["k": value])
        }
        for value in [.infinity, -.infinity, .nan] as [Double] {
            compare(value)
            compare([value])
            compare(["k": [1, value]])
            compare(Float(value))
        }
    }

    @Test(arguments: [
        "", "a", "a longer text that is no small one", "é", "😀", "\"", "\\", "/", "</script>",
        "\u{0}\u{1}\u{1F} \u{7F}\u{80}\u{2028}",
        "\u{8}\u{9}\u{A}\u{B}\u{C}\u{D}", "tail\"", "eight by\\te", "日本語日本語\n日本語",
    ])
    func stringsAreWrittenAsByFoundation(_ text: String) {
        compare(text)
        compare([text])
        compare([text: text])
    }

    @Test func foundationTypesAreWrittenAsByFoundation() throws {
        compare(Date(timeIntervalSinceReferenceDate: 12.5))
        compare(["d": Date(timeIntervalSinceReferenceDate: -1)])
        compare(Data([0, 255, 7]))
        compare([Data()])
        compare(try #require(URL(string: "https://example.com/a?b=c")))
        compare([try #require(Decimal(string: "1.50")), try #require(Decimal(string: "-12345678901234567890.123"))])
        compare([Date?.none, Date(timeIntervalSinceReferenceDate: 0)])
    }

    @Test func membersStandInTheOrderOfTheirNames() {
        compare([
            "b": 1, "a": 2, "aa": 3, "B": 4, "": 5, "10": 6, "9": 7, "ä": 8, "z": 9, "b\"": 10, "b#": 11, "\n": 12,
        ])
        compare([3: "a", 10: "b", -1: "c"])
        compare(Dictionary(uniqueKeysWithValues: (0..<1000).map { ("name \($0 * 7919 % 1000)", $0) }))
        compare([Double: String]())
        compare([String: Int]())
    }

    @Test func typesOfEveryShapeAreWrittenAsByFoundation() {
        let line = Order.Line(article: "x/y", count: 2, price: 1.25)
        compare(
            Order(
                id: "o",
                state: .open,
                lines: [line, .init(article: "z", count: 0)],
                notes: ["b": "1", "a": "2"],
                isPaid: true
            )
        )
        compare(Order(id: "o", state: .shipped, lines: [], notes: nil, isPaid: false))
        compare(Dog(name: "Rex", age: 3))
        compare(Nested(x: 1, y: 2))
        compare([[[Int]]]())
        compare([[], [1], [[2]].flatMap { $0 }])
        compare(
            AnyJSON.object([
                .init(name: "b", value: .array([.null, .bool(true)])), .init(name: "a", value: .text("x")),
            ])
        )
    }

    @Test func whatEncodesNothingIsAnEmptyObjectWithinAnother() {
        compare(Nothing())
        compare([Nothing()])
        compare(["a": Nothing()])
        compare(Wrapper(value: Nothing()))
        compare(Opened())
        compare([Opened()])
    }

    @Test func aFailureThatATypeCatchesLeavesWhatWasThere() {
        compare(Catching())
        compare([Catching()])
        compare(CatchingElements())
    }

    @Test func aContainerThatIsAskedForAgainContinues() {
        compare(Twice())
    }

    /// Foundation keeps what the first form had come to.
    @Test func aTypeMayTryAnotherFormWhenOneFails() {
        #expect(JSONOutcome.ours(Either()) == .value(#""another""#))
        #expect(JSONOutcome.ours([Either()]) == .value(#"["another"]"#))
        #expect(JSONOutcome.ours(NestedEither()) == .value(#"{"a":{"b":2}}"#))
        #expect(JSONOutcome.ours([NestedEither()]) == .value(#"[{"a":{"b":2}}]"#))
    }

    /// Foundation ends the process here.
    @Test(arguments: 0..<6) func aValueInTwoFormsIsRefused(way: Int) {
        for value in [Mixed(way: way) as any Encodable, [Mixed(way: way)], ["k": Mixed(way: way)]] {
            let error = #expect(throws: EncodingError.self) { try JSONCoding.body(value) }
            guard case .invalidValue(_, let context)? = error else { continue }
            #expect(context.debugDescription.hasSuffix("encodes a value in two ways, such as an object and an array."))
        }
    }

    @Test func manyNestedContainersOfOneObjectAreFoundByName() throws {
        compare(ManyNested(count: 300))
        let text = try JSONCoding.text(ManyNested(count: 20_000))
        #expect(text.hasPrefix(#"{"n0":{"a":1,"b":2},"n1":{"a":1,"b":2},"n10":{"#))
    }

    @Test func aTextTakesNoMoreMemoryThanItNeeds() throws {
        let text = try JSONCoding.body(Array(repeating: 1, count: 10_000))
        #expect(text.count == 20_001)
        #expect(text.capacity < 25_000)
    }

    @Test(arguments: [510, 511, 512, 600]) func nestingIsBoundedAsInFoundation(_ depth: Int) {
        compare(Tower(depth: depth - 1))
    }

    @Test(arguments: 0..<20) func whatIsReadIsWrittenAgain(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<100 {
            let value = Self.random(&random, depth: 0)
            compare(value)
            #expect(try JSONCoding.decode(AnyJSON.self, from: try JSONCoding.body(value)) == Self.sorted(value))
        }
    }

    private static func random(_ random: inout SplitMix, depth: Int) -> AnyJSON {
        func text(_ random: inout SplitMix) -> String {
            let pieces = ["a", "b", "longer word ", "é", "\n", "\"", "\\", "😀", "/", "\u{1}"]
            return (0..<Int.random(in: 0..<5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(.random(in: .min ... .max, using: &random))
        case 3: return .number(.random(in: -1e9...1e9, using: &random))
        case 4: return .text(text(&random))
        case 5, 6:
            var members: [AnyJSON.Member] = []
            for _ in 0..<Int.random(in: 0..<7, using: &random) {
                let name = text(&random)
                guard !members.contains(where: { $0.name == name }) else { continue }
                members.append(.init(name: name, value: Self.random(&random, depth: depth + 1)))
            }
            return .object(members)
        default:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in Self.random(&random, depth: depth + 1) }
            )
        }
    }

    private static func sorted(_ value: AnyJSON) -> AnyJSON {
        switch value {
        case .object(let members):
            .object(members.sorted { $0.name < $1.name }.map { .init(name: $0.name, value: sorted($0.value)) })
        case .array(let elements): .array(elements.map(sorted))
        default: value
        }
    }

    private func compare(_ value: some Encodable, _ location: SourceLocation = #_sourceLocation) {
        #expect(JSONOutcome.ours(value) == .foundation(value), sourceLocation: location)
    }
}

private struct Nothing: Encodable { func encode(to encoder: any Encoder) {} }

private struct Wrapper<Value: Encodable>: Encodable {
    var value: Value
    func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        try single.encode(value)
    }
}

private struct Opened: Encodable {
    enum Key: CodingKey { case a }
    func encode(to encoder: any Encoder) { _ = encoder.container(keyedBy: Key.self) }
}

private struct Catching: Encodable {
    enum Key: CodingKey { case a, b, c }
    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(1, forKey: .a)
        try? members.encode([1, Double.nan], forKey: .a)
        try? members.encode(Double.nan, forKey: .b)
        try members.encode(2, forKey: .c)
        try members.encode(3, forKey: .c)
    }
}

private struct CatchingElements: Encodable {
    func encode(to encoder: any Encoder) throws {
        var elements = encoder.unkeyedContainer()
        try elements.encode(1)
        try? elements.encode(Double.nan)
        try? elements.encode([Double.nan])
        try elements.encode(elements.count)
    }
}

private struct Twice: Encodable {
    enum Key: CodingKey { case a, b, c }
    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(1, forKey: .a)
        var again = encoder.container(keyedBy: Key.self)
        try again.encode(2, forKey: .b)
        var nested = again.nestedContainer(keyedBy: Key.self, forKey: .c)
        try nested.encode(3, forKey: .a)
        var nestedAgain = members.nestedContainer(keyedBy: Key.self, forKey: .c)
        try nestedAgain.encode(4, forKey: .b)
        try members.encode(5, forKey: .a)
    }
}

private struct Tower: Encodable {
    var depth: Int
    func encode(to encoder: any Encoder) throws {
        var elements = encoder.unkeyedContainer()
        if depth > 0 { try elements.encode(Tower(depth: depth - 1)) }
    }
}

private struct Either: Encodable {
    func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        do { try single.encode([1, Double.nan]) } catch { try single.encode("another") }
    }
}

/// Whose forms both have a nested container of the same name.
private struct NestedEither: Encodable {
    private struct Form: Encodable {
        enum Key: CodingKey { case a, b }
        var value: Double

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Key.self)
            var nested = members.nestedContainer(keyedBy: Key.self, forKey: .a)
            try nested.encode(value, forKey: .b)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        do { try single.encode(Form(value: .nan)) } catch { try single.encode(Form(value: 2)) }
    }
}

private struct Mixed: Encodable {
    enum Key: CodingKey { case a }
    var way: Int

    func encode(to encoder: any Encoder) throws {
        switch way {
        case 0:
            var members = encoder.container(keyedBy: Key.self)
            try Scalar().encode(to: encoder)
            try members.encode(1, forKey: .a)
        case 1:
            var elements = encoder.unkeyedContainer()
            var members = encoder.container(keyedBy: Key.self)
            try elements.encode(1)
            try members.encode(1, forKey: .a)
        case 2:
            var members = encoder.container(keyedBy: Key.self)
            _ = encoder.unkeyedContainer()
            try members.encode(1, forKey: .a)
        case 3:
            try Scalar().encode(to: encoder)
            try Scalar().encode(to: encoder)
        case 4:
            try Scalar().encode(to: encoder)
            var elements = encoder.unkeyedContainer()
            try elements.encode(1)
        default:
            var elements = encoder.unkeyedContainer()
            try elements.encode(1)
            try Scalar().encode(to: encoder)
        }
    }

    private struct Scalar: Encodable {
        func encode(to encoder: any Encoder) throws {
            var single = encoder.singleValueContainer()
            try single.encode("a text that is longer than any small one, so that its place is far behind")
        }
    }
}

private struct ManyNested: Encodable {
    var count: Int

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: AnyJSON.Name.self)
        for (name, value) in [("a", 1), ("b", 2)] {
            for number in 0..<count {
                let key = AnyJSON.Name(stringValue: "n\(number)")
                var nested = members.nestedContainer(keyedBy: AnyJSON.Name.self, forKey: key)
                try nested.encode(value, forKey: AnyJSON.Name(stringValue: name))
            }
        }
    }
}
