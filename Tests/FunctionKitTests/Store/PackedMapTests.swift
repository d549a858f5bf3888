import FunctionTesting
import Testing

@testable import FunctionKit

/// The ordered map of packed keys, against a sorted array.
@Suite struct PackedMapTests {
    /// How the keys of a run look.
    enum Keys: String, CaseIterable, CustomTestStringConvertible {
        case short, uuids, mixedUUIDs, indexedUUIDs, shared, long, edges

        var testDescription: String { rawValue }

        func make(_ random: SeededRandomSource) -> [UInt8] {
            let number = random.next()
            switch self {
            case .short: return Array(random.bytes(Int(number % 3)))
            case .uuids: return uuid(random)
            case .mixedUUIDs:
                return number % 3 == 0 ? uuid(random, upper: true) : number % 5 == 0 ? [0x30] : uuid(random)
            case .indexedUUIDs:
                var key: [UInt8] = []
                let text = number % 7 == 0 ? "a\0b" : number % 2 == 0 ? "open" : "a"
                IndexKey.append(.text(text), ignoresCase: false, to: &key)
                IndexKey.append(.number(Double(number % 5) - 2), ignoresCase: false, to: &key)
                return key + uuid(random)
            case .shared: return Array("customer/invoices/2026/\(number % 3000)".utf8)
            case .long: return Array(repeating: UInt8(number % 4), count: Int(number % 1500)) + random.bytes(1)
            case .edges: return (0..<Int(number % 4)).map { number >> (8 + $0) & 1 == 0 ? 0 : 0xFF }
            }
        }

        private func uuid(_ random: SeededRandomSource, upper: Bool = false) -> [UInt8] {
            let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
            var result: [UInt8] = []
            for (index, byte) in random.bytes(16).enumerated() {
                if [4, 6, 8, 10].contains(index) { result.append(UInt8(ascii: "-")) }
                // Few values at the beginning, so that keys share it.
                result.append(digits[Int(index < 3 ? byte & 1 : byte >> 4)])
                result.append(digits[Int(index < 3 ? 0 : byte & 0xF)])
            }
            return result
        }
    }

    private func sorted(_ model: [[UInt8]: UInt32]) -> [(key: [UInt8], value: UInt32)] {
        model.map { (key: $0.key, value: $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func entries(_ map: PackedMap) -> [(key: [UInt8], value: UInt32)] {
        var result: [(key: [UInt8], value: UInt32)] = []
        map.forEach { entry in
            var key: [UInt8] = []
            entry.appendKey(to: &key)
            result.append((key, entry.value))
        }
        return result
    }

    private func expect(_ map: PackedMap, is model: [[UInt8]: UInt32]) {
        let (found, wanted) = (entries(map), sorted(model))
        #expect(map.count == wanted.count)
        #expect(found.map(\.key) == wanted.map(\.key))
        #expect(found.map(\.value) == wanted.map(\.value))
        #expect(map.chunks.allSatisfy { $0.count <= PackedChunk.countMax })
        #expect(map.chunks.allSatisfy { (try? PackedChunk(validating: $0.bytes)) != nil })
    }

    @Test(arguments: Keys.allCases, [1, 2])
    func theMapAgreesWithASortedArray(_ keys: Keys, _ seed: UInt64) {
        let random = SeededRandomSource(seed: seed)
        var picker = AnyRandom(source: random)
        var map = PackedMap()
        var model: [[UInt8]: UInt32] = [:]
        var seen: [[UInt8]] = []
        for step in 0..<(keys == .long ? 500 : 2000) {
            let key = keys.make(random)
            // Grows first and shrinks then.
            let removes = random.next() % 8 < (step < 1200 ? 2 : 6)
            if removes {
                let key = seen.randomElement(using: &picker) ?? key
                map.remove(key)
                model[key] = nil
            } else {
                seen.append(key)
                let value = UInt32(truncatingIfNeeded: random.next())
                map.set(key, value)
                model[key] = value
            }
            if step % 500 == 499 { expect(map, is: model) }
        }
        expect(map, is: model)
        checkRanges(map, model, keys, random)
        for key in sorted(model).map(\.key).shuffled(using: &picker) { map.remove(key) }
        expect(map, is: [:])
    }

    private func checkRanges(
        _ map: PackedMap,
        _ model: [[UInt8]: UInt32],
        _ keys: Keys,
        _ random: SeededRandomSource
    ) {
        let all = sorted(model)
        for _ in 0..<20 {
            // Bounds that are keys, beginnings of keys and what lies just behind them.
            var (lower, upper) = (keys.make(random), keys.make(random))
            if random.next() % 2 == 0 { lower += [0] }
            if random.next() % 2 == 0 { upper = Array(upper.prefix(Int(random.next() % 40))) + [0xFF] }
            let wanted = all.filter {
                !$0.key.lexicographicallyPrecedes(lower) && $0.key.lexicographicallyPrecedes(upper)
            }
            for isDescending in [false, true] {
                var found: [[UInt8]] = []
                map.forEach(from: lower, upTo: upper, descending: isDescending) { entry in
                    var key: [UInt8] = []
                    entry.appendKey(to: &key)
                    found.append(key)
                    return true
                }
                #expect(found == (isDescending ? wanted.reversed() : wanted).map(\.key))
            }
            #expect(map.get(lower) == model[lower])
        }
    }

    @Test(arguments: Keys.allCases)
    func aMapThatIsBuiltAtOnceIsTheSame(_ keys: Keys) {
        let random = SeededRandomSource(seed: 3)
        var picker = AnyRandom(source: random)
        var model: [[UInt8]: UInt32] = [:]
        for number in 0..<3000 { model[keys.make(random)] = UInt32(number) }
        var builder = PackedMap.Builder()
        for (key, value) in sorted(model) { builder.append(key, value) }
        expect(builder.finish(), is: model)
        var sorter = PackedMap.Sorter()
        for (key, value) in sorted(model).shuffled(using: &picker) { sorter.append(key, value) }
        expect(sorter.finish(), is: model)
    }

    @Test func manyRunsAreMerged() {
        var sorter = PackedMap.Sorter()
        // More than three runs.
        let count = 200_000
        for number in 0..<count {
            let scattered = (number &* 7919) % count
            sorter.append(
                Array("k\(String(repeating: "0", count: 6 - "\(scattered)".count))\(scattered)".utf8),
                UInt32(scattered)
            )
        }
        let map = sorter.finish()
        #expect(map.count == count)
        var next: UInt32 = 0
        map.forEach { entry in
            #expect(entry.value == next)
            next += 1
        }
    }

    @Test func aCopyStaysAsItWas() {
        var map = PackedMap()
        for number in 0..<1000 { map.set(Array("id\(number)".utf8), UInt32(number)) }
        let copy = map
        let before = entries(copy).map(\.key)
        for number in 0..<1000 where number % 2 == 0 { map.remove(Array("id\(number)".utf8)) }
        map.set(Array("id1".utf8), 77)
        #expect(entries(copy).map(\.key) == before)
        #expect(copy.get("id1") == 1)
        #expect(map.get("id1") == 77)
        #expect(map.get("id2") == nil)
    }

    @Test func ascendingKeysLeaveFullChunks() {
        var map = PackedMap()
        for number in 10_000..<20_000 { map.set(Array("id\(number)".utf8), 0) }
        #expect(map.chunks.count < 10_000 / 100)
    }

    @Test func uuidsArePacked() {
        let random = SeededRandomSource(seed: 5)
        var map = PackedMap()
        for number in 0..<1000 { map.set(Keys.uuids.make(random), UInt32(number)) }
        let bytes = map.chunks.reduce(0) { $0 + $1.bytes.count }
        #expect(bytes < 1000 * 22)
    }

    @Test func anEmptyMapHasNothing() {
        var map = PackedMap()
        map.remove([1])
        #expect(map.get([1]) == nil)
        #expect(map.get([]) == nil)
        expect(map, is: [:])
        map.set([], 4)
        expect(map, is: [[]: 4])
        map.set([], 5)
        expect(map, is: [[]: 5])
        map.remove([])
        expect(map, is: [:])
    }

    @Test func brokenChunksAreRefused() throws {
        let random = SeededRandomSource(seed: 9)
        for keys in Keys.allCases {
            var map = PackedMap()
            for number in 0..<300 { map.set(keys.make(random), UInt32(number)) }
            for chunk in map.chunks.prefix(3) {
                for size in 0..<min(chunk.bytes.count, 300) {
                    #expect(throws: StateDecodingError.self) {
                        try PackedChunk(validating: Array(chunk.bytes.prefix(size)))
                    }
                }
                #expect(throws: StateDecodingError.self) { try PackedChunk(validating: chunk.bytes + [0]) }
                // A changed byte is refused or gives a chunk that can be read; it never leads outside.
                for index in chunk.bytes.indices.prefix(600) {
                    var bytes = chunk.bytes
                    bytes[index] ^= UInt8(truncatingIfNeeded: random.next() % 255 + 1)
                    guard let changed = try? PackedChunk(validating: bytes) else { continue }
                    _ = PackedMap(count: changed.count, chunks: [changed], fences: [.init(changed)]).get([1, 2])
                    var list = KeyList()
                    list.append(changed, 0..<changed.count)
                    #expect(list.count == changed.count)
                }
            }
        }
    }
}

/// A generator for the standard library's methods.
private struct AnyRandom: RandomNumberGenerator {
    let source: SeededRandomSource

    func next() -> UInt64 { source.next() }
}
