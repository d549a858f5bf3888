import FoundationEssentials
import Testing

@testable import FunctionKit

/// That a coder's containers stay at their values, however long and in whatever order they are used.
@Suite struct JSONContainerTests {
    /// What a coder relies on when it makes a container again from its box.
    @Test func aContainerIsAReferenceToItsBox() throws {
        #expect(isOneReference(KeyedDecodingContainer<Name>.self))
        #expect(isOneReference(KeyedEncodingContainer<Name>.self))
        let probe = try JSONDecoder().decode(Probe.self, from: Data("{}".utf8))
        #expect(Self.isReferenceToItsOneProperty(probe.members))
        #expect(Self.isReferenceToItsOneProperty(try #require(Keeper.encoded { $0.container(keyedBy: Name.self) })))
    }

    private static func isReferenceToItsOneProperty<Container>(_ container: Container) -> Bool {
        let properties = Mirror(reflecting: container).children
        guard properties.count == 1, let box = properties.first?.value, type(of: box) is AnyObject.Type else {
            return false
        }
        let address = UnsafeRawPointer(Unmanaged.passUnretained(box as AnyObject).toOpaque())
        return withUnsafeBytes(of: container) { $0.load(as: UnsafeRawPointer.self) } == address
    }

    @Test func containersOfManyObjectsAreReadInTurns() throws {
        let objects = (0..<20).map { #"{"a":\#($0),"b":\#($0 + 100)}"# }
        let text = Array("[\(objects.joined(separator: ","))]".utf8)
        for mode in KeptMembers.Mode.allCases {
            let kept = try KeptMembers.$mode.withValue(mode) { try JSONCoding.decode([KeptMembers].self, from: text) }
            // Beyond the call, too.
            for _ in 0..<2 {
                #expect(try kept.map { try $0.members.decode(Int.self, forKey: .init("b")) } == Array(100..<120))
                let backwards = try kept.reversed().map { try $0.members.decode(Int.self, forKey: .init("a")) }
                #expect(backwards == (0..<20).reversed())
            }
            #expect(kept[3].members.allKeys.map(\.stringValue) == ["a", "b"])
        }
    }

    @Test func aKeptDecoderMakesContainersBeyondTheCall() throws {
        let text = Array(#"[{"a":1},{"a":2},{"a":3}]"#.utf8)
        let kept = try JSONCoding.decode([KeptDecoder].self, from: text)
        // The decoder is at the whole by then, as one object serves all values.
        for one in kept { #expect(throws: DecodingError.self) { try one.decoder.container(keyedBy: Name.self) } }
        let members = try JSONCoding.decode(KeptDecoder.self, from: Array(#"{"a":7}"#.utf8)).decoder
        let containers = try (0..<20).map { _ in try members.container(keyedBy: Name.self) }
        for container in containers { #expect(try container.decode(Int.self, forKey: .init("a")) == 7) }
    }

    /// Coders that keep containers would keep themselves for ever, did they not let go of them.
    @Test func nothingOfACallStays() throws {
        weak var decoder: JSONValueDecoder?
        weak var encoder: JSONValueEncoder?
        do {
            let text = Array(#"[{"a":1},{"a":2},{"a":3,"super":{"a":4}}]"#.utf8)
            let kept = try JSONCoding.decode([KeptDecoder].self, from: text)
            decoder = kept[0].decoder as? JSONValueDecoder
            withExtendedLifetime(kept) { #expect(decoder != nil) }
            let keptEncoder = try #require(
                Keeper.encoded { encoder in
                    var members = encoder.container(keyedBy: Name.self)
                    var inner = members.superEncoder(forKey: Name("s")).container(keyedBy: Name.self)
                    try inner.encode(1, forKey: Name("x"))
                    return encoder
                }
            )
            encoder = keptEncoder as? JSONValueEncoder
            withExtendedLifetime(keptEncoder) { #expect(encoder != nil) }
        }
        #expect(decoder == nil)
        #expect(encoder == nil)
    }

    @Test func containersThatFailedAreLetGo() throws {
        let text = Array(#"[{"a":1},{"a":2},{"a":"x"}]"#.utf8)
        for _ in 0..<3 {
            #expect(throws: DecodingError.self) { try JSONCoding.decode([[String: Int]].self, from: text) }
            #expect(throws: EncodingError.self) { try JSONCoding.body([["a": 1.0], ["a": 2], ["a": .nan]]) }
        }
    }

    @Test(arguments: [1, 7, 8, 9, 60]) func treesOfOneTypeAreReadAndWritten(_ depth: Int) throws {
        let tree = Tree(depth: depth, width: depth < 10 ? 2 : 1)
        let text = try JSONCoding.body(tree)
        #expect(JSONOutcome.ours(tree) == .foundation(tree))
        #expect(try JSONCoding.decode(Tree.self, from: text) == tree)
    }

    @Test func moreTypesOfKeysThanAreKept() throws {
        let value = Many()
        #expect(JSONOutcome.ours([value, value]) == .foundation([value, value]))
        let text = try JSONCoding.body([value, value])
        #expect(try JSONCoding.decode([Many].self, from: text) == [value, value])
    }

    @Test func containersThatAreWrittenInTurnsStayApart() {
        #expect(JSONOutcome.ours(Turns()) == .foundation(Turns()))
        #expect(JSONOutcome.ours([Turns(), Turns()]) == .foundation([Turns(), Turns()]))
    }

    @Test func aKeptContainerIsWrittenToBeyondTheCall() throws {
        for _ in 0..<3 {
            var members = try #require(Keeper.encoded { $0.container(keyedBy: Name.self) })
            for number in 0..<1000 { try members.encode("value \(number)", forKey: Name("name \(number)")) }
            var inner = members.nestedContainer(keyedBy: Name.self, forKey: Name("inner"))
            try inner.encode([1, 2, 3], forKey: Name("list"))
            try inner.encode([["a": 1], ["b": 2]], forKey: Name("objects"))
        }
    }

    @Test func codersOnManyThreadsShareTheirMakers() async throws {
        let text = Array(#"[{"a":1},{"a":2},{"a":3}]"#.utf8)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    for _ in 0..<50 {
                        guard let value = try? JSONCoding.decode([[String: Int]].self, from: text),
                            (try? JSONCoding.body(value)) == text
                        else { return false }
                    }
                    return true
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func integersOfEveryLengthAreWrittenAsTheyAre() throws {
        var numbers: [Int64] = [0, .min, .max]
        var power: Int64 = 1
        for _ in 0..<18 {
            power *= 10
            numbers += [power, power - 1, power + 1, -power, 1 - power]
        }
        let unsigned: [UInt64] = [0, 9, 10, .max, .max - 1, 10_000_000_000_000_000_000, 9_999_999_999_999_999_999]
        #expect(try JSONCoding.text(numbers) == "[\(numbers.map(String.init).joined(separator: ","))]")
        #expect(try JSONCoding.text(unsigned) == "[\(unsigned.map(String.init).joined(separator: ","))]")
        #expect(try JSONCoding.text([Int8.min, .max]) == "[-128,127]")
        #expect(try JSONCoding.text([Int128.min]) == "[\(Int128.min)]")
    }

    @Test(arguments: 0..<20) func namesAreSortedByTheirBytes(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        var members: [String: Int] = [:]
        for number in 0..<Int.random(in: 0..<60, using: &random) {
            let pieces = ["a", "b", "ab", "\"", "é", "z", ":", "\u{0}", "abcdefgh", "\u{10FFFF}"]
            let name = (0..<Int.random(in: 0..<7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            members[name.joined()] = number
        }
        #expect(JSONOutcome.ours(members) == .foundation(members))
    }

    @Test(arguments: 0..<26) func whatNeedsAnEscapeIsFoundInEveryPlace(_ length: Int) {
        for odd in ["\"", "\\", "\u{1F}", "\u{0}", " ", "!", "#", "[", "]", "\u{7F}", "é"] {
            for place in 0..<max(length, 1) {
                let filling = String(repeating: "a", count: length)
                let text = String(filling.prefix(place)) + odd + String(filling.dropFirst(place + 1))
                #expect(JSONOutcome.ours([text: text]) == .foundation([text: text]))
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 100, 5000]) func arraysOfEveryLengthAreReadAndFailAlike(_ count: Int) {
        let numbers = Array(0..<count)
        for last in ["", "null", "\"x\"", "{}", "1e400"] {
            let elements = numbers.map(String.init) + (last.isEmpty ? [] : [last])
            let text = Array("[\(elements.joined(separator: ","))]".utf8)
            #expect(JSONOutcome.ours([Int].self, text) == .foundation([Int].self, text))
            #expect(JSONOutcome.ours([String?].self, text) == .foundation([String?].self, text))
            #expect(JSONOutcome.ours([Wide].self, text) == .foundation([Wide].self, text))
            let (ours, foundation) = (
                JSONOutcome.ours(Set<Int>.self, text), JSONOutcome.foundation(Set<Int>.self, text)
            )
            #expect(ours.isFailure == foundation.isFailure)
            #expect(JSONOutcome.ours(ContiguousArray<Int>.self, text) == .foundation(ContiguousArray<Int>.self, text))
            let nested = Array("{\"k\":[\(String(decoding: text, as: UTF8.self)),[],[1,2,3,{}]]}".utf8)
            #expect(JSONOutcome.ours([String: [[Int]]].self, nested) == .foundation([String: [[Int]]].self, nested))
        }
    }
}
