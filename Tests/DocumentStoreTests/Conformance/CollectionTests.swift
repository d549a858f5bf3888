import FunctionKit
import FunctionTesting
import Testing

/// The typed surface over an engine: collections, updates and transactions.
@Suite struct CollectionTests {
    struct Note: Codable, Sendable, Equatable {
        var text: String
        var count = 0
    }

    /// The same documents as an older version of the app knows them.
    struct OldNote: Codable, Sendable {
        var text: String
    }

    private let notes = CollectionDefinition<Note>(
        "notes",
        indexes: [
            IndexDefinition("by_count", on: ["count"]), IndexDefinition("by_text", on: ["text"], unique: true),
        ]
    )
    private let oldNotes = CollectionDefinition<OldNote>("notes")

    @Test(arguments: EngineKind.allCases)
    func aDocumentIsCreatedUnderANewIDOrTheGivenOne(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let collection = try world.store.tenant("acme").collection(notes)
            let first = try await collection.create(Note(text: "a"))
            #expect(first.id.utf8.count == 36)
            #expect(try await collection.get(first.id)?.value == Note(text: "a"))
            let moment = world.clock.now + .seconds(5)
            let second = try await collection.create(Note(text: "b"), id: "mine", expiresAt: moment)
            #expect(second.id == "mine")
            #expect(second.expiresAt == moment)
            #expect(second.revision > first.revision)
            #expect(await code { _ = try await collection.create(Note(text: "c"), id: "mine") } == .alreadyExists)
            #expect(await code { _ = try await collection.create(Note(text: "a")) } == .uniqueViolation)
            #expect(await code { _ = try await collection.create(Note(text: "c"), id: "") } == .invalidName)
            world.clock.advance(by: .seconds(5))
            #expect(try await collection.get("mine") == nil)
            // An expired document's id is free.
            _ = try await collection.create(Note(text: "b"), id: "mine")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aTextThatIsNoIDFindsNothing(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let collection = try world.store.tenant("acme").collection(notes)
            for id in ["", "a\n", String(repeating: "x", count: 257), "absent"] {
                #expect(try await collection.get(id) == nil)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aReplaceKeepsExpiryAndUnknownMembers(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            let moment = world.clock.now + .seconds(5)
            let json = #"{"text":"a","count":1,"later":{"x":[1]}}"#
            try await tenant.partition.create("n", json, expiresAt: moment)
            let stored = try #require(try await tenant.collection(oldNotes).get("n"))
            let replaced = try await tenant.collection(oldNotes).replace(stored, with: OldNote(text: "b"))
            #expect(replaced.expiresAt == moment)
            #expect(replaced.createdAt == stored.createdAt)
            #expect(try await tenant.partition.get(key("n"))?.expiresAt == moment)
            #expect(try await tenant.partition.body("n") == #"{"text":"b","count":1,"later":{"x":[1]}}"#)
            let stale = await code {
                _ = try await tenant.collection(oldNotes).replace(stored, with: OldNote(text: "c"))
            }
            #expect(stale == .revisionMismatch)
            try await tenant.collection(oldNotes).delete("n")
            let gone = await code {
                _ = try await tenant.collection(oldNotes).replace(replaced, with: OldNote(text: "c"))
            }
            #expect(gone == .notFound)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anUpsertKeepsNothingButTheTimeOfCreation(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            try await tenant.partition.create("n", #"{"text":"a","later":1}"#, expiresAt: world.clock.now + .seconds(5))
            let created = world.clock.now
            world.clock.advance(by: .seconds(1))
            try await tenant.collection(oldNotes).upsert(OldNote(text: "b"), id: "n")
            let stored = try #require(try await tenant.collection(oldNotes).get("n"))
            #expect(stored.createdAt == created)
            #expect(stored.expiresAt == nil)
            #expect(try await tenant.partition.body("n") == #"{"text":"b"}"#)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anUpdateRunsUntilNobodyCameBetween(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            let collection = tenant.collection(notes)
            // Closures stand outside of `#expect`: within it the compiler (6.3.1) takes one for another.
            let absent = try await collection.update("absent") { $0.count += 1 }
            #expect(absent == nil)
            let first = try await collection.create(Note(text: "a"), id: "n")
            let same = try await collection.update("n") { $0.count += 0 }
            #expect(same?.revision == first.revision)
            let changed = try await collection.update("n") { $0.count += 1 }
            #expect(changed?.count == 1)
            do {
                try await collection.update("n") { _ in throw Refused() }
                Issue.record("the refusal was expected")
            } catch {
                #expect(error is Refused)
            }
            #expect(try await collection.get("n")?.revision == changed?.revision)
        }
    }

    private struct Refused: Error {}

    @Test(arguments: EngineKind.allCases)
    func deletingWithARevisionExpectsIt(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let collection = try world.store.tenant("acme").collection(notes)
            let stored = try await collection.create(Note(text: "a"), id: "n")
            let other = Revision(rawValue: stored.revision.rawValue + 1)
            #expect(await code { try await collection.delete("n", expecting: other) } == .revisionMismatch)
            try await collection.delete("n", expecting: stored.revision)
            try await collection.delete("n")
            #expect(await code { try await collection.delete("n", expecting: other) } == .notFound)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func pagesAreDecodedAndJobsSeeEverything(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            let collection = tenant.collection(notes)
            for number in 0..<250 { _ = try await collection.create(Note(text: "t\(number)", count: number % 3)) }
            let page = try await collection.page(index: "by_count", equals: [1], limit: 2)
            #expect(page.items.map(\.count) == [1, 1])
            #expect(page.nextCursor != nil)
            #expect(try await collection.first(index: "by_text", equals: ["t77"])?.text == "t77")
            #expect(try await collection.first(index: "by_text", equals: ["none"]) == nil)
            var seen = 0
            // The body may write to the collection.
            try await collection.forEach(index: "by_count", equals: [2]) { item in
                seen += 1
                try await collection.delete(item.id)
            }
            #expect(seen == 83)
            #expect(try await collection.first(index: "by_count", equals: [2]) == nil)
            try await tenant.partition.create("odd", #"{"text":7}"#)
            #expect(await code { _ = try await collection.get("odd") } == .invalidDocument)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aTransactionIsGuardedByWhatItRead(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            let collection = tenant.collection(notes)
            _ = try await collection.create(Note(text: "a"), id: "n")
            var attempts = 0
            try await tenant.transaction { transaction in
                attempts += 1
                let stored = try #require(try await transaction.get("n", from: notes))
                let absent = try await transaction.get("absent", from: notes)
                #expect(absent == nil)
                if attempts == 1 { _ = try await collection.update("n") { $0.count = 10 } }
                try transaction.replace(stored, with: Note(text: "a", count: stored.count + 1), in: notes)
                // Its own writes are not seen.
                let again = try await transaction.get("n", from: notes)
                #expect(again?.count == 10)
            }
            #expect(attempts == 2)
            #expect(try await collection.get("n")?.count == 11)
            // What was absent must still be.
            var rounds = 0
            try await tenant.transaction { transaction in
                rounds += 1
                let absent = try await transaction.get("late", from: notes)
                if absent == nil { _ = try await collection.create(Note(text: "late"), id: "late") }
                try transaction.upsert(Note(text: "round \(rounds)"), id: "m", in: notes)
            }
            #expect(rounds == 2)
            #expect(try await collection.get("m")?.text == "round 2")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aTransactionFailsAtOnceWhereTryingAgainWouldNotHelp(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            let collection = tenant.collection(notes)
            _ = try await collection.create(Note(text: "a"), id: "n")
            var attempts = 0
            func failing(_ body: @escaping (inout Transaction) throws -> Void) async -> StoreError.Code? {
                await code {
                    try await tenant.transaction { transaction in
                        attempts += 1
                        try transaction.create(Note(text: "other"), id: "other", in: notes)
                        try body(&transaction)
                    }
                }
            }
            let taken = await failing { try $0.create(Note(text: "b"), id: "n", in: notes) }
            #expect(taken == .alreadyExists)
            let twin = await failing { try $0.create(Note(text: "a"), in: notes) }
            #expect(twin == .uniqueViolation)
            let own = await failing { _ in throw StoreError(.notFound, "mine") }
            #expect(own == .notFound)
            #expect(attempts == 3)
            #expect(try await collection.get("other") == nil)
            // A document that is gone for good costs every attempt.
            let stored = try #require(try await collection.get("n"))
            try await collection.delete("n")
            world.clock.advance(by: .seconds(1))
            attempts = 0
            let lost = try await losing(world) {
                await failing { try $0.replace(stored, with: Note(text: "b"), in: notes) }
            }
            #expect(lost == .conflict)
            #expect(attempts == StoreLimits.attemptsMax)
        }
    }

    /// Runs `body` while the clock goes on, so that pauses end.
    private func losing(
        _ world: World,
        _ body: () async -> StoreError.Code?
    ) async throws -> StoreError.Code? {
        let clock = world.clock
        let ticker = Task {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(100))
                await Task.yield()
            }
        }
        defer { ticker.cancel() }
        return await body()
    }

    @Test(arguments: EngineKind.allCases)
    func aTransactionMovesDocumentsAndMessagesTogether(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            try await tenant.partition.create("n", #"{"text":"a","later":1}"#)
            let archive = CollectionDefinition<OldNote>("archive")
            let queue = try QueueName("work")
            try await tenant.transaction { transaction in
                let stored = try #require(try await transaction.get("n", from: oldNotes))
                try transaction.upsert(stored.value, id: "n", in: archive, continuing: stored)
                try transaction.delete("n", from: oldNotes)
                try transaction.delete("absent", from: oldNotes)
                try transaction.enqueue(["id": "n"], to: queue, id: "m")
            }
            #expect(try await tenant.partition.get(key("n")) == nil)
            let moved = try #require(try await tenant.partition.get(key("n", in: "archive")))
            #expect(String(decoding: moved.body, as: UTF8.self) == #"{"text":"a","later":1}"#)
            #expect(try await tenant.collection(.queues).get("m")?.revision == moved.revision)
            #expect(try await tenant.partition.schema(of: CollectionName("queues")) != nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func tenantsAreNamedByTheirRules(_ kind: EngineKind) async throws {
        try await kind.run { world in
            for name in ["", "..", "a/b", "-a", "A", "_portal", String(repeating: "a", count: 64)] {
                #expect(await code { _ = try world.store.tenant(name) } == .invalidName, "\(name)")
            }
            for name in ["acme", "_host", "_", "_A"] {
                #expect(await code { _ = try world.store.system(name) } == .invalidName, "\(name)")
            }
            try await world.store.system("_portal").partition.create("a", "{}")
            #expect(try await world.engine.tenants().map(\.description) == ["_portal"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aClosedStoreRefusesEverything(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", "{}")
            await world.engine.close()
            await world.engine.close()
            #expect(await code { try await notes.declare(IndexDefinition("by_n", on: ["n"])) } == .closed)
            #expect(await code { _ = try await notes.collections() } == .closed)
            #expect(await code { _ = try await notes.schema(of: CollectionName("notes")) } == .closed)
            #expect(await code { _ = try await notes.changes(after: .beginning, limit: 1) } == .closed)
            #expect(await code { _ = try await notes.statistics() } == .closed)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func jsonHasTheStoresMembersFirst(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("q\"", "{}")
            try await notes.create("b", #"{"n":1}"#)
            let now = world.clock.now
            for (id, wanted) in [("q\"", #"{"id":"q\"","#), ("b", #"{"id":"b","#)] {
                let json = try #require(try await notes.get(key(id))).json
                let members = id == "b" ? #","n":1}"# : "}"
                let text = String(decoding: json, as: UTF8.self)
                #expect(text == wanted + #""created_at":"\#(now)","updated_at":"\#(now)""# + members)
            }
        }
    }
}
