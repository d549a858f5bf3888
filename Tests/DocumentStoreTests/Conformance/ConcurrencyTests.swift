import FunctionKit
import FunctionTesting
import Testing

/// Histories of concurrent callers, on every engine.
@Suite struct ConcurrencyTests {
    struct Counter: Codable, Sendable { var value: Int }
    let counters = CollectionDefinition<Counter>("counters", indexes: [IndexDefinition("by_value", on: ["value"])])

    @Test(arguments: EngineKind.allCases)
    func ofFiftyCreatorsExactlyOneWins(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let codes = await withTaskGroup(of: StoreError.Code?.self) { group in
                for number in 0..<50 {
                    group.addTask { await code { try await notes.create("same", #"{"n":\#(number)}"#) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == .alreadyExists } == 49)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func ofFiftyHoldersOfAUniqueValueExactlyOneWins(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_mail", on: ["mail"], unique: true))
            let codes = await withTaskGroup(of: StoreError.Code?.self) { group in
                for number in 0..<50 {
                    group.addTask { await code { try await notes.create("id\(number)", #"{"mail":"x"}"#) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(try await notes.ids().count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func noIncrementIsLost(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let collection = try world.store.tenant("acme").collection(counters)
            _ = try await collection.create(Counter(value: 0), id: "c")
            try await advancing(world.clock) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask {
                            for _ in 0..<10 { try await Self.increment(collection) }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await collection.get("c")?.value.value == 80)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aTransactionIsSeenWholeOrNotAtAll(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let tenant = try world.store.tenant("acme")
            let collection = tenant.collection(counters)
            _ = try await collection.create(Counter(value: 100), id: "a")
            _ = try await collection.create(Counter(value: 100), id: "b")
            try await advancing(world.clock) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<6 {
                        let (from, to) = number % 2 == 0 ? ("a", "b") : ("b", "a")
                        group.addTask {
                            for _ in 0..<8 { try await Self.move(from, to, tenant, counters) }
                        }
                    }
                    group.addTask {
                        for _ in 0..<50 {
                            let sum = try await collection.page().items.reduce(0) { $0 + $1.value.value }
                            #expect(sum == 200)
                            await Task.yield()
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await collection.get("a")?.value.value == 100)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func observersSeeEveryBatchOnceAndInOrder(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let seen = Recorder()
            world.engine.observeCommits { seen.add($0) }
            let notes = try world.partition()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 { group.addTask { try await notes.create("\(number)", "{}") } }
                try await group.waitForAll()
            }
            await seen.wait(for: 40)
            let names = Set([try CollectionName("notes")])
            let revisions = seen.notices.map(\.revision.rawValue)
            #expect(kind == .memory ? revisions.sorted() == Array(1...40) : revisions == Array(1...40))
            #expect(seen.notices.allSatisfy { $0.collections == names })
        }
    }

    private static func increment(_ collection: DocumentCollection<Counter>) async throws {
        while true {
            do {
                try await collection.update("c") { $0.value += 1 }
                return
            } catch let error as StoreError where error.code == .conflict {
                await Task.yield()
            }
        }
    }

    private static func move(
        _ from: String,
        _ to: String,
        _ tenant: TenantStore,
        _ counters: CollectionDefinition<Counter>
    ) async throws {
        while true {
            do {
                try await tenant.transaction { transaction in
                    guard let source = try await transaction.get(from, from: counters),
                        let target = try await transaction.get(to, from: counters)
                    else { return }
                    try transaction.replace(source, with: Counter(value: source.value.value - 1), in: counters)
                    try transaction.replace(target, with: Counter(value: target.value.value + 1), in: counters)
                }
                return
            } catch let error as StoreError where error.code == .conflict {
                await Task.yield()
            }
        }
    }
}

/// Runs `body` while the clock is moved on whenever somebody sleeps.
private func advancing(_ clock: ManualClock, _ body: () async throws -> Void) async throws {
    let mover = Task {
        while !Task.isCancelled {
            clock.advance(by: .milliseconds(10))
            await Task.yield()
        }
    }
    defer { mover.cancel() }
    try await body()
}
