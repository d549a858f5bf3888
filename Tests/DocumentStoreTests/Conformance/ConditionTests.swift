import FunctionKit
import FunctionTesting
import Testing

/// Creating, replacing, upserting, deleting and checking, on every engine.
@Suite struct ConditionTests {
    @Test(arguments: EngineKind.allCases)
    func aDocumentIsCreatedOnceAndReadBack(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let receipt = try await notes.create("a", #"{"text":"one","n":1}"#)
            let stored = try #require(try await notes.get(key("a")))
            #expect(stored.id.description == "a")
            #expect(stored.revision == receipt.revision)
            #expect(stored.createdAt == world.clock.now)
            #expect(stored.updatedAt == receipt.committedAt)
            #expect(stored.expiresAt == nil)
            #expect(String(decoding: stored.body, as: UTF8.self) == #"{"text":"one","n":1}"#)
            #expect(await code { try await notes.create("a", "{}") } == .alreadyExists)
            #expect(try await notes.body("a") == #"{"text":"one","n":1}"#)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aReplaceNeedsTheRevisionThatIsThere(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            func replace(_ id: String, _ revision: Revision) async throws {
                try await notes.write([.init(try key(id), .replace(content(#"{"n":2}"#), expected: revision))])
            }
            let first = try await notes.create("a", #"{"n":1}"#).revision
            #expect(await code { try await replace("b", first) } == .notFound)
            #expect(await code { try await replace("a", Revision(rawValue: first.rawValue + 1)) } == .revisionMismatch)
            world.clock.advance(by: .seconds(5))
            try await replace("a", first)
            let stored = try #require(try await notes.get(key("a")))
            #expect(stored.revision > first)
            #expect(stored.updatedAt - stored.createdAt == .seconds(5))
            #expect(await code { try await replace("a", first) } == .revisionMismatch)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anUpsertKeepsTheTimeOfCreation(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let begin = world.clock.now
            try await notes.upsert("a", #"{"n":1}"#)
            world.clock.advance(by: .seconds(1))
            try await notes.upsert("a", #"{"n":2}"#)
            let stored = try #require(try await notes.get(key("a")))
            #expect(stored.createdAt == begin)
            #expect(stored.updatedAt == begin + .seconds(1))
            #expect(try await notes.body("a") == #"{"n":2}"#)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aDeleteMayFindNothingUnlessItExpectsARevision(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.delete("absent")
            let revision = try await notes.create("a", "{}").revision
            #expect(await code { try await notes.delete("absent", expecting: revision) } == .notFound)
            let wrong = Revision(rawValue: 99)
            #expect(await code { try await notes.delete("a", expecting: wrong) } == .revisionMismatch)
            try await notes.delete("a", expecting: revision)
            #expect(try await notes.get(key("a")) == nil)
            #expect(try await notes.create("a", "{}").revision > revision)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aCheckGuardsWithoutWriting(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            func check(_ id: String, _ expected: Revision?) async -> StoreError.Code? {
                await code {
                    try await notes.write([
                        .init(try key(id), .check(expected: expected)), .init(try key("x"), .upsert(content("{}"))),
                    ])
                }
            }
            let revision = try await notes.create("a", "{}").revision
            #expect(await check("a", nil) == .revisionMismatch)
            #expect(await check("b", revision) == .notFound)
            #expect(try await notes.get(key("x")) == nil)
            #expect(await check("b", nil) == nil)
            #expect(await check("a", revision) == nil)
            #expect(try await notes.get(key("a"))?.revision == revision)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func theFirstConditionThatFailsDecides(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let revision = try await notes.create("a", "{}").revision
            let missing = WriteBatch.Write(try key("b"), .replace(content("{}"), expected: revision))
            let taken = WriteBatch.Write(try key("a"), .create(content("{}")))
            #expect(await code { try await notes.write([missing, taken]) } == .notFound)
            #expect(await code { try await notes.write([taken, missing]) } == .alreadyExists)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aBatchIsWrittenWholeOrNotAtAll(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("taken", "{}")
            let writes = try ["a", "b", "taken"].map {
                WriteBatch.Write(try key($0), .create(content(#"{"n":1}"#)))
            }
            #expect(await code { try await notes.write(writes) } == .alreadyExists)
            #expect(try await notes.ids() == ["taken"])
            let receipt = try await notes.write(Array(writes.dropLast()))
            #expect(try await notes.get(key("a"))?.revision == receipt.revision)
            #expect(try await notes.get(key("b"))?.revision == receipt.revision)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aBatchWritesADocumentOnce(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let write = WriteBatch.Write(try key("a"), .upsert(content("{}")))
            let delete = WriteBatch.Write(try key("a"), .delete(expected: nil))
            let check = WriteBatch.Write(try key("a"), .check(expected: nil))
            #expect(await code { try await notes.write([write, write]) } == .invalidDocument)
            #expect(await code { try await notes.write([write, delete]) } == .invalidDocument)
            #expect(await code { try await notes.write([check, write, check]) } == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anEmptyBatchIsAcknowledgedAndTellsNobody(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let seen = Recorder()
            world.engine.observeCommits { seen.add($0) }
            let notes = try world.partition()
            let before = try await notes.create("a", "{}")
            let receipt = try await notes.commit(.init())
            #expect(receipt.revision == before.revision)
            _ = try await notes.delete("absent")
            try await notes.create("b", "{}")
            await seen.wait(for: 2)
            #expect(
                seen.notices.map(\.revision) == [before.revision, Revision(rawValue: before.revision.rawValue + 1)]
            )
        }
    }

    @Test(arguments: EngineKind.allCases)
    func revisionsAreTheTenantsSequenceAndNeverGoBack(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let (acme, other) = (try world.partition(), try world.partition("other"))
            let first = try await acme.create("a", "{}").revision
            #expect(first.rawValue >= 1)
            for _ in 0..<5 { try await other.upsert("a", "{}") }
            world.clock.setWallTime(Timestamp(seconds: 0))
            let second = try await acme.create("b", "{}")
            #expect(second.revision.rawValue == first.rawValue + 1)
            #expect(second.committedAt == Timestamp(seconds: 0))
            // The document's own time of change does not go back with the clock.
            let third = try await acme.upsert("a", #"{"n":1}"#)
            let stored = try #require(try await acme.get(key("a")))
            #expect(stored.updatedAt == stored.createdAt)
            #expect(third.committedAt == stored.updatedAt)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func importedTimesAreKept(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            var imported = content("{}")
            imported.createdAt = Timestamp(seconds: 1)
            imported.updatedAt = Timestamp(seconds: 2)
            try await notes.write([.init(try key("a"), .create(imported))])
            let stored = try #require(try await notes.get(key("a")))
            #expect(stored.createdAt == Timestamp(seconds: 1))
            #expect(stored.updatedAt == Timestamp(seconds: 2))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func tenantsAndCollectionsAreSeparate(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let (acme, other) = (try world.partition(), try world.partition("other"))
            try await acme.create("a", #"{"of":"acme"}"#)
            try await other.create("a", #"{"of":"other"}"#)
            try await acme.write([.init(try key("a", in: "tasks"), .create(content(#"{"of":"tasks"}"#)))])
            #expect(try await acme.body("a") == #"{"of":"acme"}"#)
            #expect(try await other.body("a") == #"{"of":"other"}"#)
            let collections = try await acme.collections().map { "\($0.name) \($0.documents)" }
            #expect(collections == ["notes 1", "tasks 1"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func onlyTenantsWithDataAreListed(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let stranger = try world.partition("stranger")
            try await stranger.declare(IndexDefinition("by_n", on: ["n"]))
            #expect(try await stranger.get(key("a")) == nil)
            #expect(try await stranger.ids(index: "by_n") == [])
            _ = try await stranger.delete("a")
            for name in ["zeta", "_portal", "acme"] { try await world.partition(name).create("a", "{}") }
            #expect(try await world.engine.tenants().map(\.description) == ["_portal", "acme", "zeta"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aClosedStoreSaysSo(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", "{}")
            await world.engine.close()
            #expect(await code { _ = try await notes.get(key("a")) } == .closed)
            #expect(await code { try await notes.create("b", "{}") } == .closed)
            #expect(await code { _ = try await notes.ids() } == .closed)
            #expect(await code { _ = try await world.engine.tenants() } == .closed)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func idsAreBytes(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let ids = ["..", "/etc/passwd", "é", "e\u{301}", "\"\\", "日本", String(repeating: "x", count: 256)]
            for id in ids { try await notes.create(id, #"{"n":1}"#) }
            for id in ids { #expect(try await notes.get(key(id))?.id.description.utf8.elementsEqual(id.utf8) == true) }
            #expect(try await notes.ids().count == ids.count)
        }
    }
}
