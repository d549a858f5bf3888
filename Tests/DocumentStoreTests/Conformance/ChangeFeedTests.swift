import DocumentStore
import FunctionKit
import FunctionTesting
import Testing

/// The change feed, on every engine.
@Suite struct ChangeFeedTests {
    /// A page as short words: `a=1` for a document with its revision, `-a=2` for a removal.
    private func words(_ page: ChangePage) -> [String] {
        page.changes.map { "\($0.document == nil ? "-" : "")\($0.key.id)=\($0.revision.rawValue)" }
    }

    private func read(
        _ notes: any TenantPartition,
        after position: ChangePosition = .beginning,
        limit: Int = 100
    ) async throws -> [String] {
        var result: [String] = []
        var position = position
        while true {
            let page = try await notes.changes(after: position, limit: limit)
            result += words(page)
            position = page.position
            if page.isAtEnd { return result }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anEmptyTenantHasNothing(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let page = try await world.partition().changes(after: .beginning, limit: 1)
            #expect(page.changes.isEmpty)
            #expect(page.isAtEnd)
            #expect(page.position == .beginning)
            #expect(try await world.engine.tenants().isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func theLatestStateOfEachDocumentIsTold(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", #"{"n":1}"#)
            try await notes.create("b", #"{"n":1}"#)
            let middle = try await notes.changes(after: .beginning, limit: 100)
            #expect(words(middle) == ["a=1", "b=2"])
            #expect(middle.isAtEnd)
            try await notes.upsert("a", #"{"n":2}"#)
            try await notes.write([.init(try key("t", in: "tasks"), .create(content("{}")))])
            let page = try await notes.changes(after: middle.position, limit: 100)
            #expect(words(page) == ["a=3", "t=4"])
            #expect(page.changes.map(\.key.collection.description) == ["notes", "tasks"])
            let stored = try await notes.get(key("a"))
            #expect(page.changes.first?.document == stored)
            #expect(try await read(notes) == ["b=2", "a=3", "t=4"])
            #expect(try await notes.changes(after: page.position, limit: 1).changes.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func removalsAreToldWhileNoDocumentIsThere(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for id in ["a", "b", "c"] { try await notes.create(id, "{}") }
            let position = try await notes.changes(after: .beginning, limit: 100).position
            try await notes.delete("a")
            try await notes.delete("b")
            try await notes.create("b", "{}")
            try await notes.delete("absent")
            #expect(try await read(notes, after: position) == ["-a=4", "b=6"])
            #expect(try await read(notes, after: position, limit: 1) == ["-a=4", "b=6"])
            try await notes.delete("c")
            try await notes.create("a", "{}")
            #expect(try await read(notes, after: position) == ["b=6", "-c=7", "a=8"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aBatchIsToldAsAWhole(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("first", "{}")
            try await notes.write(try ["a", "b", "c", "d"].map { .init(try key($0), .create(content("{}"))) })
            try await notes.create("last", "{}")
            let page = try await notes.changes(after: .beginning, limit: 2)
            #expect(page.changes.count == 5)
            #expect(Set(words(page)) == ["first=1", "a=2", "b=2", "c=2", "d=2"])
            #expect(!page.isAtEnd)
            let rest = try await notes.changes(after: page.position, limit: 2)
            #expect(words(rest) == ["last=3"])
            #expect(rest.isAtEnd)
            try await notes.write(try ["a", "b"].map { .init(try key($0), .delete(expected: nil)) })
            #expect(Set(words(try await notes.changes(after: rest.position, limit: 1))) == ["-a=4", "-b=4"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func pagesGoOnWhileOthersWrite(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for number in 0..<10 { try await notes.create("d\(number)", "{}") }
            let first = try await notes.changes(after: .beginning, limit: 4)
            #expect(words(first) == ["d0=1", "d1=2", "d2=3", "d3=4"])
            // One that was told and one that was not are written again, and one of each is removed.
            try await notes.upsert("d1", #"{"n":1}"#)
            try await notes.upsert("d5", #"{"n":1}"#)
            try await notes.delete("d2")
            try await notes.delete("d6")
            let rest = try await read(notes, after: first.position, limit: 3)
            #expect(rest == ["d4=5", "d7=8", "d8=9", "d9=10", "d1=11", "d5=12", "-d2=13", "-d6=14"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anExpiredDocumentIsToldOnceItIsRemoved(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", "{}", expiresAt: world.clock.now + .seconds(5))
            try await notes.create("b", "{}")
            let before = try await notes.changes(after: .beginning, limit: 10)
            #expect(words(before) == ["a=1", "b=2"])
            world.clock.advance(by: .seconds(5))
            #expect(try await read(notes) == ["b=2"])
            #expect(try await read(notes, after: before.position) == [])
            // A write over it counts as any other.
            try await notes.delete("a")
            #expect(try await read(notes, after: before.position) == ["-a=3"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func limitsAndPositionsOutOfRange(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", "{}")
            for limit in [0, -1, StoreLimits.changesMax + 1] {
                #expect(
                    await code { _ = try await notes.changes(after: .beginning, limit: limit) } == .invalidQuery
                )
            }
            let future = ChangePosition(revision: Revision(rawValue: 1000))
            let page = try await notes.changes(after: future, limit: StoreLimits.changesMax)
            #expect(page.changes.isEmpty)
            #expect(page.isAtEnd)
            #expect(page.position.revision == Revision(rawValue: 1))
            try await notes.create("b", "{}")
            #expect(try await read(notes, after: page.position) == ["b=2"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aPositionBeforeTheKeptRemovalsHasExpired(_ kind: EngineKind) async throws {
        try await kind.run(EngineBounds(removalsKept: 3)) { world in
            let notes = try world.partition()
            // Long enough that the engine on files tells the removals around it apart.
            let long = #"{"t":"\#(String(repeating: "x", count: 70_000))"}"#
            func remove(_ id: String) async throws {
                try await notes.delete(id)
                try await notes.upsert("long", long)
            }
            func removals(after position: ChangePosition, limit: Int = 100) async throws -> [String] {
                try await read(notes, after: position, limit: limit).filter { $0.hasPrefix("-") }
            }
            for number in 0..<8 { try await notes.create("d\(number)", "{}") }
            let start = try await notes.changes(after: .beginning, limit: 100).position
            let middle = try await notes.changes(after: .beginning, limit: 2).position
            try await remove("d0")
            let first = try await notes.changes(after: start, limit: 100).position
            for number in 1..<3 { try await remove("d\(number)") }
            #expect(try await removals(after: start) == ["-d0=9", "-d1=11", "-d2=13"])
            #expect(try await removals(after: middle) == ["-d0=9", "-d1=11", "-d2=13"])
            try await remove("d3")
            // The engine on files forgets when it compacts.
            try await (world.engine as? FileStoreEngine)?.compact(notes.tenant)
            #expect(await code { _ = try await removals(after: start) } == .positionExpired)
            #expect(await code { _ = try await removals(after: middle) } == .positionExpired)
            #expect(try await removals(after: first) == ["-d1=11", "-d2=13", "-d3=15"])
            // From the beginning it always works, page after page.
            #expect(try await read(notes, limit: 1) == ["d4=5", "d5=6", "d6=7", "d7=8", "long=16"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aTenantStoreReadsItToo(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let acme = try world.store.tenant("acme")
            try await acme.partition.create("a", "{}")
            let page = try await acme.changes()
            #expect(words(page) == ["a=1"])
            #expect(try await acme.changes(after: page.position).changes.isEmpty)
            let text = try #require(ChangePosition(page.position.description))
            #expect(text == page.position)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func statisticsCountWhatIsHeld(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            #expect(
                try await notes.statistics()
                    == PartitionStatistics(
                        documents: 0,
                        liveBytes: 0,
                        lastRevision: Revision(rawValue: 0),
                        nextExpiry: nil
                    )
            )
            let (soon, later) = (world.clock.now + .seconds(5), world.clock.now + .seconds(9))
            try await notes.create("a", #"{"n":1}"#, expiresAt: later)
            try await notes.create("b", #"{"n":12}"#, expiresAt: soon)
            try await notes.upsert("a", #"{"n":1234}"#, expiresAt: later)
            #expect(
                try await notes.statistics()
                    == PartitionStatistics(
                        documents: 2,
                        liveBytes: 18,
                        lastRevision: Revision(rawValue: 3),
                        nextExpiry: soon
                    )
            )
            try await notes.delete("b")
            #expect(try await notes.statistics().nextExpiry == later)
            #expect(try await notes.statistics().liveBytes == 10)
        }
    }
}

/// The bound on a tenant's bytes, on every engine.
@Suite struct QuotaTests {
    @Test(arguments: EngineKind.allCases)
    func aTenantGrowsUpToItsBound(_ kind: EngineKind) async throws {
        try await kind.run(EngineBounds(bytesMax: 20)) { world in
            let notes = try world.partition()
            try await notes.create("a", #"{"n":1234}"#)
            #expect(await code { try await notes.create("b", #"{"n":12345}"#) } == .quotaExceeded)
            #expect(try await notes.get(key("b")) == nil)
            try await notes.create("b", #"{"n":1234}"#)
            #expect(try await notes.statistics().liveBytes == 20)
            #expect(await code { try await notes.create("c", "{}") } == .quotaExceeded)
            #expect(await code { try await notes.upsert("a", #"{"n":12345}"#) } == .quotaExceeded)
            // What does not grow is never refused.
            try await notes.upsert("a", #"{"n":4321}"#)
            try await notes.upsert("a", #"{"n":1}"#)
            try await notes.write([
                .init(try key("b"), .delete(expected: nil)), .init(try key("c"), .create(content(#"{"n":9999}"#))),
            ])
            try await notes.delete("a")
            #expect(try await notes.statistics().liveBytes == 10)
            // Another tenant has its own.
            try await world.partition("other").create("a", #"{"n":1234567890123}"#)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func theErrorSaysHowMuch(_ kind: EngineKind) async throws {
        try await kind.run(EngineBounds(bytesMax: 3)) { world in
            do {
                try await world.partition().create("a", #"{"n":1}"#)
                Issue.record("a refusal was expected")
            } catch {
                #expect(
                    "\(error)"
                        == "The documents of 'acme' would have 7 bytes; 3 are allowed. Remove some, or raise the bound."
                )
            }
        }
    }
}
