import FunctionKit
import Testing

@testable import FunctionHost

/// The messages of a listener in the order of their ids.
struct HeldMessagesTests {
    private func delivery(_ id: String, _ revision: Int64 = 1) throws -> QueueDelivery {
        let now = Timestamp(milliseconds: 0)
        return QueueDelivery(
            stored: Stored(
                id: id,
                revision: Revision(rawValue: revision),
                createdAt: now,
                updatedAt: now,
                value: QueueRecord(queue: try QueueName("mail-out"), payload: id, visibleAt: now)
            ),
            leasedUntil: now
        )
    }

    @Test func idsAreInOrderAndThereOnce() throws {
        var held = HeldMessages()
        #expect(held.isEmpty)
        held.insert([try delivery("b"), try delivery("d"), try delivery("a")])
        held.insert([try delivery("d"), try delivery("c")])
        held.formUnion(["e", "a"])
        #expect(held.ids == ["a", "b", "c", "d", "e"])
        for id in held.ids { #expect(held.contains(id)) }
        for id in ["", "aa", "f"] { #expect(!held.contains(id)) }
    }

    @Test func whatGoesIsSearchedForAgain() throws {
        var held = HeldMessages()
        held.insert([try delivery("a", 1), try delivery("b", 2), try delivery("c", 2)])
        held.remove("b")
        held.remove("x")
        var expected = DocumentVersions()
        expected.insert(try DocumentID("a"), Revision(rawValue: 1))
        expected.insert(try DocumentID("c"), Revision(rawValue: 2))
        #expect(held.ids == ["a", "c"])
        #expect(held.versions == expected)
        held.formIntersection(["a", "b"])
        #expect(held.ids == ["a"])
        held.formIntersection([])
        #expect(held.isEmpty)
        #expect(held.versions.isEmpty)
    }
}
