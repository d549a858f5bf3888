import FunctionTesting
import Testing

@testable import FunctionKit

/// What engines do with a state beside committing: replaying, moving bodies, checking.
@Suite struct PartitionStateTests {
    @Test(arguments: [false, true])
    func aReplayedLogGivesTheSameState(_ isLoading: Bool) throws {
        let original = try StateFixture.busy(seed: 4)
        var copy = try StateFixture(isLoading: isLoading)
        copy.bodies = original.bodies
        let bodies = original.bodies
        func body(_ record: DocumentRecord) throws(StoreError) -> [UInt8] { bodies[record.location] ?? [] }
        for schema in original.state.declaredSchemas {
            let plan = try copy.state.plan(schema, at: copy.now, body: body)
            if let plan { copy.state.apply(plan, sequence: nil) }
        }
        // Every document first in an older version, and one that goes again.
        for round in 0..<2 {
            try original.state.forEachRecord { (key, record) throws in
                var text = try body(record)
                if round == 0 { text = Array(#"{"name":"Old \#(key.id)","tags":["old"]}"#.utf8) }
                var location = record.location
                location.file = round == 0 ? 0 : 1
                copy.bodies[location] = text
                let known = copy.bodies
                try copy.state.restore(key, record.times, body: text[...], at: location) {
                    (record) throws(StoreError) in known[record.location] ?? []
                }
            }
        }
        let known = copy.bodies
        let gone = try StateFixture.key("gone")
        let times = DocumentTimes(
            revision: Revision(rawValue: 1),
            createdAt: copy.now,
            updatedAt: copy.now,
            expiresAt: nil
        )
        let place = BodyLocation(file: 0, offset: 9_999_999, count: 2, checksum: 0)
        try copy.state.restore(gone, times, body: Array("{}".utf8)[...], at: place) { (_) throws(StoreError) in [] }
        try copy.state.restoreRemoval(of: gone) { (_) throws(StoreError) in Array("{}".utf8) }
        copy.state.restore(lastSequence: original.state.lastSequence)
        if isLoading {
            try copy.state.finishLoading { (record) throws(StoreError) in known[record.location] ?? [] }
        }
        for index in [nil, "by_status", "by_tag", "by_name", "by_change"] as [String?] {
            #expect(try copy.ids(index) == original.ids(index))
        }
        #expect(copy.state.liveBytes == original.state.liveBytes)
        #expect(copy.state.documentCount == original.state.documentCount)
        #expect(copy.state.nextExpiry == original.state.nextExpiry)
        #expect(try copy.contradictions() == [])
    }

    @Test func aBodyThatIsNoneIsNotRestored() throws {
        var fixture = try StateFixture()
        let times = DocumentTimes(
            revision: Revision(rawValue: 1),
            createdAt: fixture.now,
            updatedAt: fixture.now,
            expiresAt: nil
        )
        for body in ["", "{", "[]", #"{"a":1,"a":2}"#] {
            let bytes = Array(body.utf8)
            let place = BodyLocation(file: 0, offset: 0, count: bytes.count, checksum: 0)
            #expect(throws: StoreError.self) {
                try fixture.state.restore(StateFixture.key("a"), times, body: bytes[...], at: place) {
                    (_) throws(StoreError) in []
                }
            }
        }
        let impossible = DocumentTimes(
            revision: Revision(rawValue: 1 << 48),
            createdAt: fixture.now,
            updatedAt: fixture.now,
            expiresAt: nil
        )
        #expect(throws: StoreError.self) {
            try fixture.state.restore(
                StateFixture.key("a"),
                impossible,
                body: Array("{}".utf8)[...],
                at: BodyLocation(file: 0, offset: 0, count: 2, checksum: 0)
            ) { (_) throws(StoreError) in [] }
        }
        #expect(fixture.state.documentCount == 0)
    }

    @Test func onlyBodiesOfTheNamedFilesAreMoved() throws {
        var fixture = try StateFixture()
        for id in ["a", "b", "c"] { try fixture.put(id, #"{"of":"\#(id)"}"#) }
        func slot(_ id: String) throws -> RecordSlot? {
            let location = try #require(fixture.state.heldRecord(StateFixture.key(id))).location
            return fixture.state.slot(of: try StateFixture.key(id), at: location.file, offset: location.offset)
        }
        let (a, b, c) = (try #require(try slot("a")), try #require(try slot("b")), try #require(try slot("c")))
        #expect(fixture.state.slot(of: try StateFixture.key("a"), at: 1, offset: 5) == nil)
        #expect(fixture.state.slot(of: try StateFixture.key("a"), at: 0, offset: 0) == nil)
        #expect(fixture.state.slot(of: try StateFixture.key("z"), at: 1, offset: 0) == nil)
        #expect(MemoryLayout<RecordSlot>.size <= 8)
        // Meanwhile b is written into another file, c is removed, and d takes its slot.
        let elsewhere = BodyLocation(file: 2, offset: 7, count: 10, checksum: 1)
        fixture.state.relocate([(slot: b, to: elsewhere)], from: [1])
        try fixture.delete("c")
        func target(_ offset: Int) -> BodyLocation { BodyLocation(file: 3, offset: offset, count: 10, checksum: 2) }
        fixture.state.relocate([(a, target(100)), (b, target(200)), (c, target(300))], from: [1])
        #expect(fixture.state.heldRecord(try StateFixture.key("a"))?.location == target(100))
        #expect(fixture.state.heldRecord(try StateFixture.key("b"))?.location == elsewhere)
        #expect(fixture.state.heldRecord(try StateFixture.key("c")) == nil)
        try fixture.put("d", "{}")
        fixture.state.relocate([(c, target(300))], from: [3])
        #expect(fixture.state.heldRecord(try StateFixture.key("d"))?.location.file == 1)
    }

    @Test func contradictionsAreFound() throws {
        let sound = try StateFixture.busy(seed: 6, steps: 80)
        #expect(try sound.contradictions() == [])
        func broken(_ change: (inout CollectionState) -> Void) throws -> [String] {
            var fixture = sound
            change(&fixture.state.collections[0])
            return try fixture.contradictions()
        }
        let id = try #require(try sound.ids().first)
        // An entry of a document that does not exist, one of a document that has other values, and one too few.
        let stray = try broken { $0.indexes[0].set([1, 1] + Array("nobody".utf8), 0) }
        #expect(stray == ["The index 'by_status' has an entry of Document 'nobody' of 'notes' that no document has."])
        let old = try broken { $0.indexes[1].set([5, 0x6F, 0] + Array(id.utf8), 0) }
        #expect(old == ["The index 'by_tag' has an entry of Document '\(id)' of 'notes' that no document has."])
        let missing = try broken { collection in
            var key: [UInt8] = []
            _ = collection.indexes[3].appendKey(at: collection.indexes[3].start, to: &key)
            collection.indexes[3].remove(key)
        }
        #expect(missing.contains { $0.contains("no entry in the index 'by_change' that fits it") })
        let forgotten = try broken { $0.expiries = PackedMap() }
        #expect(forgotten.contains { $0.contains("missing from the order of expiry") })
        let lost = try broken { $0.ids.remove(Array(id.utf8)) }
        #expect(lost.contains { $0.contains("records and") })
        var wrong = sound
        wrong.state.collections[0].liveBytes += 1
        #expect(try wrong.contradictions().count == 1)
        var unreadable = sound
        for location in unreadable.bodies.keys { unreadable.bodies[location] = Array(#"{"status":"other"}"#.utf8) }
        #expect(try !unreadable.contradictions().isEmpty)
    }

    @Test func aCopyIsNotChangedByItsOriginal() throws {
        var fixture = try StateFixture.busy(seed: 8)
        let copy = fixture
        let before = (try copy.ids("by_status"), copy.saved())
        for id in try fixture.ids().prefix(50) { try fixture.delete(id) }
        for number in 0..<300 { try fixture.put("new\(number)", #"{"n":\#(number),"tags":["t"]}"#) }
        #expect(try copy.ids("by_status") == before.0)
        #expect(copy.saved() == before.1)
        #expect(try copy.contradictions() == [])
        #expect(try fixture.contradictions() == [])
    }

    @Test func aPlanSeesWhatIsPending() throws {
        var fixture = try StateFixture()
        try fixture.declare(IndexDefinition("by_n", on: ["n"], unique: true))
        try fixture.put("a", #"{"n":1}"#)
        var pending = PendingChanges()
        let body = fixture.body
        func plan(_ writes: [WriteBatch.Write], bytesMax: Int? = nil) throws -> CommitPlan {
            let prepared = try PreparedBatch(WriteBatch(writes), schemas: fixture.state.schemas)
            return try fixture.state.plan(prepared, over: pending, at: fixture.now, bytesMax: bytesMax, body: body)
        }
        func upsert(_ id: String, _ json: String) throws -> WriteBatch.Write {
            .init(try StateFixture.key(id), .upsert(.init(body: Array(json.utf8))))
        }
        let first = try plan([try upsert("a", #"{"n":2}"#)])
        pending.add(first)
        // The value that the pending plan gives up is free, the one that it takes is not.
        let second = try plan([try upsert("b", #"{"n":1}"#)])
        pending.add(second)
        #expect(throws: StoreError.self) { try plan([try upsert("c", #"{"n":2}"#)]) }
        #expect(second.revision.rawValue == first.revision.rawValue + 1)
        // Again, with entries that come from the plan before and not from the stored body.
        let third = try plan([try upsert("a", #"{"n":30}"#)])
        pending.add(third)
        #expect(pending.addedBytes == 8)
        #expect(throws: StoreError.self) { try plan([try upsert("d", "{}")], bytesMax: 16) }
        for plan in [first, second, third] { fixture.state.apply(plan) }
        #expect(try fixture.ids("by_n") == ["b", "a"])
        #expect(fixture.state.liveBytes == 15)
        #expect(fixture.state.collections[0].indexes[0].count == 2)
    }

    @Test func expiredDocumentsAreRemovedOldestFirst() throws {
        var fixture = try StateFixture()
        try fixture.declare(IndexDefinition("by_n", on: ["n"]))
        for (id, seconds) in [("c", 3), ("a", 1), ("d", 4), ("b", 2), ("late", 90)] {
            try fixture.put(id, #"{"n":1}"#, expiresAt: fixture.now + .seconds(seconds))
        }
        try fixture.put("never", "{}")
        try fixture.put("d", #"{"n":5}"#)
        let now = fixture.now + .seconds(10)
        func plan(_ limit: Int) throws -> CommitPlan? {
            try fixture.state.planExpiry(over: PendingChanges(), at: now, limit: limit, body: fixture.body)
        }
        let first = try #require(try plan(2))
        #expect(first.changes.map(\.key.id.description) == ["a", "b"])
        fixture.state.apply(first)
        let second = try #require(try plan(2))
        #expect(second.changes.map(\.key.id.description) == ["c"])
        fixture.state.apply(second)
        #expect(try plan(2) == nil)
        #expect(fixture.state.nextExpiry == fixture.now + .seconds(90))
        #expect(try fixture.ids("by_n") == ["never", "late", "d"])
        #expect(try fixture.contradictions() == [])
    }

    @Test func anIndexThatStaysIsNotBuiltAgain() throws {
        var fixture = try StateFixture.busy(seed: 2, steps: 50)
        let old = try #require(fixture.state.schema(of: CollectionName("notes")))
        let fewer = CollectionSchema(
            collection: try CollectionName("notes"),
            indexes: [old.indexes[2], old.indexes[0]]
        )
        let plan = try fixture.state.plan(fewer, at: fixture.now) { (_) throws(StoreError) in
            throw StoreError(.damaged, "no body is needed")
        }
        fixture.state.apply(try #require(plan), sequence: nil)
        #expect(try fixture.contradictions() == [])
        #expect(try !fixture.ids("by_status").isEmpty)
    }
}
