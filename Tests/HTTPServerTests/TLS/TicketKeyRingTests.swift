import Testing

@testable import HTTPServer

/// The keys of session tickets, by a clock that the test moves.
@Suite struct TicketKeyRingTests {
    private static let sealing = TicketKeyRing.sealingTime
    private static let kept = TicketKeyRing.keptTime

    private func key(_ number: UInt8) -> TicketKeyRing.Key {
        TicketKeyRing.Key(name: [UInt8](repeating: number, count: 16), cipherKey: [number], macKey: [number])
    }

    @Test func aKeySealsForHalfOfItsLife() {
        var ring = TicketKeyRing()
        #expect(ring.sealing(at: 100, make: { key(1) }) == key(1))
        #expect(ring.sealing(at: 99 + Self.sealing, make: { key(2) }) == key(1))
        #expect(ring.sealing(at: 100 + Self.sealing, make: { key(2) }) == key(2))
        #expect(ring.count == 2)
    }

    @Test func aKeyOpensUntilItsEnd() throws {
        var ring = TicketKeyRing()
        _ = ring.sealing(at: 0, make: { key(1) })
        #expect(ring.opening(key(2).name, at: 0) == nil)
        #expect(ring.opening([], at: 0) == nil)
        #expect(ring.opening([UInt8](repeating: 1, count: 15), at: 0) == nil)
        let fresh = try #require(ring.opening(key(1).name, at: Self.sealing - 1))
        #expect(fresh.key == key(1) && !fresh.isStale)
        let stale = try #require(ring.opening(key(1).name, at: Self.sealing))
        #expect(stale.key == key(1) && stale.isStale)
        #expect(ring.opening(key(1).name, at: Self.kept - 1)?.isStale == true)
        #expect(ring.opening(key(1).name, at: Self.kept) == nil)
    }

    @Test func keysDoNotGather() {
        var ring = TicketKeyRing()
        for number in UInt8(0)..<100 { _ = ring.sealing(at: Int64(number) * Self.sealing, make: { key(number) }) }
        #expect(ring.count == 2)
        #expect(ring.sealing(at: 1000 * Self.kept, make: { key(200) }) == key(200))
        #expect(ring.count == 1)
    }

    @Test func withoutRandomnessThereIsNoKey() {
        var ring = TicketKeyRing()
        #expect(ring.sealing(at: 0, make: { nil }) == nil)
        #expect(ring.count == 0)
    }
}
