import FunctionKit
import FunctionTesting
import Synchronization
import Testing

/// Ids and the randomness below them.
struct IdentifierTests {
    /// A source that gives the same word always.
    private struct Constant: RandomSource {
        let word: UInt64
        func next() -> UInt64 { word }
    }

    @Test func anIDIsAUUIDOfVersionSeven() {
        let clock = ManualClock(now: Timestamp(milliseconds: 0x017F_22E2_79B0))
        // RFC 9562, appendix A.6: random parts 0xCC3 and 0x18C4DC0C0C07398F.
        let ids = IdentifierSource(clock: clock, random: Alternating([0xCC3, 0x18C4_DC0C_0C07_398F]))
        #expect(ids.next() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test(
        arguments: [
            (0, "00000000-0000-7fff-bfff-ffffffffffff"),
            (-1, "00000000-0000-7fff-bfff-ffffffffffff"),
            (.min, "00000000-0000-7fff-bfff-ffffffffffff"),
            (0xFFFF_FFFF_FFFF, "ffffffff-ffff-7fff-bfff-ffffffffffff"),
            (.max, "ffffffff-ffff-7fff-bfff-ffffffffffff"),
        ] as [(Int64, String)]
    )
    func versionAndVariantStandWhateverTheClockSays(milliseconds: Int64, text: String) {
        let clock = ManualClock(now: Timestamp(milliseconds: milliseconds))
        #expect(IdentifierSource(clock: clock, random: Constant(word: .max)).next() == text)
    }

    @Test func idsSortByTheMillisecondOfTheirMaking() {
        let clock = ManualClock()
        let ids = IdentifierSource(clock: clock, random: SeededRandomSource())
        let made = (0..<1000).map { _ in
            clock.advance(by: .milliseconds(1))
            return ids.next()
        }
        #expect(made == made.sorted())
    }

    @Test func noTwoIDsOfOneMillisecondAreAlike() async {
        let ids = IdentifierSource(clock: ManualClock(), random: SystemRandomSource())
        let made = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 { group.addTask { (0..<2500).map { _ in ids.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(made).count == 20_000)
        #expect(made.allSatisfy { $0.utf8.count == 36 })
    }

    @Test(
        arguments: [
            (0, 0, "00000000-0000-4000-8000-000000000000"),
            (.max, .max, "ffffffff-ffff-4fff-bfff-ffffffffffff"),
            (0x0123_4567_89AB_CDEF, 0x0123_4567_89AB_CDEF, "01234567-89ab-4def-8123-456789abcdef"),
        ] as [(UInt64, UInt64, String)]
    )
    func anInvocationIDIsAUUIDOfVersionFour(high: UInt64, low: UInt64, text: String) {
        #expect(InvocationID(high: high, low: low).description == text)
    }

    @Test func invocationIDsThatShowAlikeAreEqual() {
        #expect(InvocationID(high: 0, low: 0) == InvocationID(high: 0xF000, low: 0xC000_0000_0000_0000))
        #expect(InvocationID(high: 0, low: 0) != InvocationID(high: 1, low: 0))
    }

    @Test(arguments: [(-1, 0), (.min, 0), (0, 0), (1, 1), (7, 7), (8, 8), (9, 9), (4096, 4096)])
    func asManyBytesAsAskedFor(count: Int, expected: Int) {
        #expect(SeededRandomSource().bytes(count).count == expected)
    }

    @Test func bytesAreThoseOfTheWords() {
        let bytes = Constant(word: 0x0807_0605_0403_0201).bytes(11)
        #expect(bytes == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3])
    }

    @Test(arguments: [(0, 0.0), (1 << 63, 0.5), (.max, 0x1.fffffffffffffp-1)] as [(UInt64, Double)])
    func aFractionIsBelowOne(word: UInt64, fraction: Double) {
        #expect(Constant(word: word).fraction() == fraction)
    }

    @Test func theSystemsNumbersDiffer() {
        let random = SystemRandomSource()
        #expect(Set((0..<1000).map { _ in random.next() }).count == 1000)
    }

    @Test func aSeedRepeatsItsNumbers() {
        // SplitMix64 from seed 0, as its reference implementation prints it.
        let random = SeededRandomSource(seed: 0)
        #expect([random.next(), random.next()] == [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4])
        #expect(SeededRandomSource(seed: 7).bytes(32) == SeededRandomSource(seed: 7).bytes(32))
        #expect(SeededRandomSource(seed: 7).bytes(32) != SeededRandomSource(seed: 8).bytes(32))
    }
}

/// Gives these words in turn.
private final class Alternating: RandomSource {
    private let words: [UInt64]
    private let position = Atomic(0)

    init(_ words: [UInt64]) { self.words = words }

    func next() -> UInt64 { words[position.wrappingAdd(1, ordering: .relaxed).oldValue % words.count] }
}

/// The system's randomness, which is fetched many numbers at a time.
struct SystemRandomSourceTests {
    @Test func noNumberIsHandedOutTwice() async {
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<10_000).map { _ in SystemRandomSource().next() } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(numbers).count == 40_000)
        #expect(!numbers.contains(0))
    }
}
