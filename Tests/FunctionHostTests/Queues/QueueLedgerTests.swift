import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Who handles a message: one owner at a time, also of several hosts on one store, and what is known of a host that has ended.
struct QueueLedgerTests {
    private let app = TestApp()
    private let queue: QueueName
    private let tenant: TenantStore

    init() throws {
        queue = try QueueName("mail-out")
        tenant = try app.store.tenant("acme")
    }

    /// A listener's rounds, without the listener.
    private final class Taker {
        let round: QueueRound
        var memory = QueueMemory()
        var held: [QueueDelivery] = []

        init(_ test: QueueLedgerTests, _ host: String, listener: String = "1", ownsStore: Bool = false) {
            round = QueueRound(
                tenant: test.tenant,
                queue: test.queue,
                policy: QueuePolicy(),
                owner: QueueOwner(host: host, listener: listener),
                ownsStore: ownsStore,
                clock: test.app.clock
            )
        }

        @discardableResult
        func take(_ count: Int, ahead: Int = 0) async -> QueueReport { await perform([], count, ahead: ahead) }

        @discardableResult
        func end(
            _ disposition: QueueDisposition,
            error: String? = nil,
            outputs: [WriteBatch.Write] = []
        ) async -> QueueReport {
            let endings = held.map {
                QueueEnding(delivery: $0, disposition: disposition, error: error, outputs: outputs)
            }
            held = []
            return await perform(endings, 0)
        }

        private func perform(_ endings: [QueueEnding], _ count: Int, ahead: Int = 0) async -> QueueReport {
            var order = QueueOrder(tenant: round.tenant.name, memory: memory, endings: endings, shares: [count])
            order.ahead = ahead
            let report = await round.perform(order)
            memory = report.memory
            held += report.taken
            return report
        }
    }

    private func counts() async throws -> [Int] {
        try await tenant.collection(.queues).page(index: "by_visibility", equals: ["mail-out"]).items.map(
            \.dequeueCount
        )
    }

    private func ledger() async throws -> Stored<QueueLedger>? {
        try await tenant.collection(QueueLedger.collection).get("mail-out")
    }

    @Test func aTakeWritesTheLedgerAndNotTheMessages() async throws {
        for number in 1...3 { try await tenant.enqueue(number, to: queue) }
        let before = try await tenant.collection(.queues).page(index: "by_visibility").items.map(\.revision)
        let taker = Taker(self, "a")
        #expect(await taker.take(2).hasMore)
        #expect(try await tenant.collection(.queues).page(index: "by_visibility").items.map(\.revision) == before)
        let holder = try #require(try await ledger()?.value.holders.first)
        #expect(holder.owner == QueueOwner(host: "a", listener: "1"))
        #expect(holder.messages == taker.held.map(\.id).sorted())
        #expect(holder.until == app.clock.now + QueuePolicy().lease)
        await taker.end(.delete)
        #expect(try await ledger() == nil)
        #expect(try await counts() == [0])
    }

    @Test func whatItWritesIsWhatItReads() throws {
        let ledger = QueueLedger(holders: [
            .init(owner: QueueOwner(host: "a\"\n", listener: "1"), until: app.clock.now, messages: ["m-1", "é\\"]),
            .init(owner: QueueOwner(host: "b", listener: "2"), until: app.clock.now, messages: []),
        ])
        let document = StoredDocument(
            id: try DocumentID("mail-out"),
            revision: Revision(rawValue: 1),
            createdAt: app.clock.now,
            updatedAt: app.clock.now,
            expiresAt: nil,
            body: ledger.body
        )
        #expect(try Stored<QueueLedger>(document).value == ledger)
    }

    @Test func hostsOnOneStoreShareTheMessagesAndTakeNoneTwice() async throws {
        for number in 1...10 { try await tenant.enqueue(number, to: queue) }
        let a = Taker(self, "a")
        let b = Taker(self, "b")
        while a.held.count + b.held.count < 10 {
            await a.take(2)
            await b.take(3)
        }
        #expect(Set((a.held + b.held).map(\.id)).count == 10)
        #expect(try await ledger()?.value.holders.count == 2)
        await a.end(.delete)
        await b.end(.delete)
        #expect(try await counts() == [])
        #expect(try await ledger() == nil)
    }

    @Test(.timeLimit(.minutes(5))) func hostsThatRaceTakeNoneTwice() async throws {
        for number in 1...40 { try await tenant.enqueue(number, to: queue) }
        let taken = await withTaskGroup(of: [String].self) { group in
            for host in 1...4 {
                group.addTask {
                    let taker = Taker(self, "host-\(host)")
                    // A round that others overtake eight times gives up, and a listener makes another one.
                    while taker.held.count < 10 { await taker.take(2) }
                    return taker.held.map(\.id)
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == 40)
        #expect(Set(taken).count == 40)
    }

    @Test func aStalledHostLosesItsMessages() async throws {
        try await tenant.enqueue("once", to: queue)
        let stalled = Taker(self, "a")
        await stalled.take(1)
        let other = Taker(self, "b")
        #expect(await other.take(1).nextVisible == app.clock.now + .seconds(30))
        #expect(other.held.isEmpty)
        app.clock.advance(by: .seconds(30))
        // The delivery has failed: it counts, and the message rests.
        #expect(await other.take(1).recovered.map(\.disposition) == [.retry(after: .seconds(2))])
        #expect(try await counts() == [1])
        app.clock.advance(by: .seconds(2))
        await other.take(1)
        #expect(other.held.map(\.dequeueCount) == [2])
        let report = await stalled.end(.delete)
        #expect(report.lost.count == 1)
        #expect(report.settled.isEmpty)
        #expect(await other.end(.delete).settled.count == 1)
        #expect(try await counts() == [])
    }

    @Test func outputsOfAStalledHostAreNotEnqueued() async throws {
        try await tenant.enqueue("once", to: queue)
        let stalled = Taker(self, "a")
        await stalled.take(1)
        app.clock.advance(by: .seconds(30))
        await Taker(self, "b").take(1)
        let draft = QueueDraft(queue: try QueueName("receipts"), payload: "done")
        #expect(await stalled.end(.delete, outputs: [try draft.write(id: "r-1", at: app.clock.now)]).lost.count == 1)
        #expect(try await tenant.collection(.queues).get("r-1") == nil)
    }

    /// The engine on files belongs to one process, so whoever else stands in the ledger has ended.
    @Test func aHostThatOwnsTheStoreCountsWhatEndedWithTheOneBefore() async throws {
        let ids = [
            try await tenant.enqueue("killer", to: queue), try await tenant.enqueue("bystander", to: queue),
        ]
        for crash in 1...5 {
            let victim = Taker(self, "host-\(crash)", ownsStore: true)
            let report = await victim.take(16)
            #expect(report.recovered.map(\.delivery.id).sorted() == (crash == 1 ? [] : ids.sorted()))
            app.clock.advance(by: .seconds(60))
            if crash > 1 { await victim.take(16) }
            #expect(victim.held.map(\.dequeueCount) == [crash, crash])
        }
        let report = await Taker(self, "host-6", ownsStore: true).take(16)
        #expect(report.recovered.map(\.disposition) == [.poison, .poison])
        let poison = try await tenant.collection(.queues).page(index: "by_visibility", equals: ["mail-out-poison"])
            .items
        #expect(Set(poison.map(\.id)) == Set(ids))
        #expect(poison.map(\.lastError) == Array(repeating: "The host ended while the message was handled.", count: 2))
        #expect(poison.map(\.dequeueCount) == [5, 5])
        #expect(try await ledger() == nil)
    }

    /// A host that was restarted within its process may have left a function behind that still works on its message.
    @Test func anotherListenerOfTheSameProcessKeepsItsLease() async throws {
        try await tenant.enqueue("slow", to: queue)
        let before = Taker(self, "host", listener: "1", ownsStore: true)
        await before.take(1)
        let after = Taker(self, "host", listener: "2", ownsStore: true)
        #expect(await after.take(1).recovered.isEmpty)
        #expect(after.held.isEmpty)
        app.clock.advance(by: .seconds(30))
        #expect(await after.take(1).recovered.count == 1)
    }

    @Test func manyMessagesOfADeadHostAreFreedInSeveralBatches() async throws {
        for number in 1...450 { try await tenant.enqueue(number, to: queue) }
        let dead = Taker(self, "a", ownsStore: true)
        for _ in 1...3 { await dead.take(200) }
        #expect(dead.held.count == 450)
        let report = await Taker(self, "b", ownsStore: true).take(1)
        #expect(report.recovered.count == 450)
        #expect(
            Set(
                try await tenant.collection(.queues).page(index: "by_visibility", limit: 1000).items.map(\.dequeueCount)
            ) == [1]
        )
        #expect(try await ledger() == nil)
    }

    @Test func aMessageThatWentMeanwhileIsNoFailureAndItsOutputsCount() async throws {
        let id = try await tenant.enqueue("going", to: queue, timeToLive: .seconds(10))
        let taker = Taker(self, "a", ownsStore: true)
        await taker.take(1)
        try await tenant.collection(.queues).delete(id)
        let draft = QueueDraft(queue: try QueueName("receipts"), payload: "done")
        let report = await taker.end(.delete, outputs: [try draft.write(id: "r-1", at: app.clock.now)])
        #expect(report.settled.count == 1)
        #expect(report.lost.isEmpty)
        #expect(try await tenant.collection(.queues).get("r-1")?.payload == "done")
        #expect(try await ledger() == nil)
    }

    @Test func aMessageThatWasChangedMeanwhileIsLeftAsItIs() async throws {
        let id = try await tenant.enqueue("before", to: queue)
        let taker = Taker(self, "a", ownsStore: true)
        await taker.take(1)
        try await tenant.collection(.queues).update(id) { $0.payload = "after" }
        #expect(await taker.end(.delete).lost.count == 1)
        #expect(try await tenant.collection(.queues).get(id)?.payload == "after")
        #expect(try await ledger() == nil)
    }

    @Test func aRetryKeepsUnknownMembersAndTheExpiry() async throws {
        let id = try await tenant.enqueue("x", to: queue, timeToLive: .seconds(600))
        let key = DocumentKey(CollectionDefinition.queues.name, try DocumentID(id))
        let stored = try #require(try await tenant.partition.get(key))
        var body = Array(stored.body.dropLast())
        body += Array(#","priority":7}"#.utf8)
        _ = try await tenant.partition.commit(
            WriteBatch([.init(key, .replace(.init(body: body, expiresAt: stored.expiresAt), expected: stored.revision))]
            )
        )
        let taker = Taker(self, "a", ownsStore: true)
        await taker.take(1)
        await taker.end(.retry(after: .seconds(2)), error: "not now")
        let after = try #require(try await tenant.partition.get(key))
        #expect(String(decoding: after.body, as: UTF8.self).contains(#""priority":7"#))
        #expect(after.expiresAt == stored.expiresAt)
        #expect(try Stored<QueueRecord>(after).lastError == "not now")
    }

    /// At its quota a tenant takes no growth, yet its queue goes on: that is what makes it smaller.
    @Test func aTenantAtItsQuotaStillHandlesItsMessages() async throws {
        let engine = MemoryStoreEngine(clock: app.clock, bytesMax: 700)
        let store = Store(
            engine: engine,
            clock: app.clock,
            random: app.random,
            logger: Logger(sink: app.log, category: "Store")
        )
        let full = try store.tenant("full")
        await #expect(throws: StoreError.self) {
            while true { try await full.enqueue(text: "0123456789", to: queue) }
        }
        func order(_ memory: QueueMemory, _ endings: [QueueEnding], _ count: Int) -> QueueOrder {
            QueueOrder(tenant: full.name, memory: memory, endings: endings, shares: [count])
        }
        let round = QueueRound(
            tenant: full,
            queue: queue,
            policy: QueuePolicy(),
            owner: QueueOwner(host: "a", listener: "1"),
            ownsStore: true,
            clock: app.clock
        )
        let took = await round.perform(order(QueueMemory(), [], 16))
        #expect(took.failure == nil)
        #expect(took.taken.count > 1)
        let first = QueueEnding(
            delivery: took.taken[0],
            disposition: .retry(after: .seconds(2)),
            error: String(repeating: "e", count: 900)
        )
        let retried = await round.perform(order(took.memory, [first], 0))
        #expect(retried.failure == nil)
        let rest = took.taken.dropFirst().map { QueueEnding(delivery: $0, disposition: .delete) }
        #expect(await round.perform(order(retried.memory, Array(rest), 0)).failure == nil)
        let left = try await full.collection(.queues).page(index: "by_visibility").items
        #expect(left.map(\.dequeueCount) == [1])
    }

    @Test func nothingIsTakenAheadBesideAMessageThatHasFailed() async throws {
        for number in 0..<12 { try await tenant.enqueue(text: "\(number)", to: queue) }
        let taker = Taker(self, "a")
        #expect(await taker.take(2, ahead: 20).taken.count == 12)
        await taker.end(.retry(after: .zero))
        // All twelve have failed now: two at a time.
        #expect(await taker.take(2, ahead: 20).taken.count == 2)
        await taker.end(.delete)
        try await tenant.enqueue(text: "new", to: queue)
        let report = await taker.take(2, ahead: 20)
        #expect(report.taken.count == 2)
        #expect(report.hasMore)
        await taker.end(.delete)
        // One that has failed ends a round that began with others.
        for _ in 0..<5 { await taker.take(2); await taker.end(.delete) }
        #expect(try await counts().isEmpty)
        for number in 0..<5 { try await tenant.enqueue(text: "\(number)", to: queue) }
        app.clock.advance(by: .milliseconds(1))
        try await tenant.collection(.queues).createFailed(in: queue, at: app.clock.now)
        #expect(await taker.take(2, ahead: 20).taken.count == 5)
        #expect(await taker.take(2, ahead: 20).taken.map(\.dequeueCount) == [2])
    }

    @Test func whatIsTakenAheadIsBoundedInBytes() async throws {
        let payload = String(repeating: "x", count: 60_000)
        for _ in 0..<30 { try await tenant.enqueue(text: payload, to: queue) }
        let taker = Taker(self, "a")
        // The seventeenth would make it 1,020,000 bytes, the eighteenth goes beyond 1 MiB.
        #expect(await taker.take(2, ahead: 100).taken.count == TakeAhead.bytesMax / 60_000)
        #expect(await taker.take(2, ahead: 100).taken.count == 30 - TakeAhead.bytesMax / 60_000)
    }

    @Test func whatGoesBackIsFoundAgain() async throws {
        for number in 0..<6 { try await tenant.enqueue(text: "\(number)", to: queue) }
        let taker = Taker(self, "a")
        #expect(await taker.take(2, ahead: 2).taken.count == 4)
        let settled = await taker.end(.release)
        #expect(settled.hasMore)
        #expect(Set(await taker.take(6).taken.map(\.stored.payload)) == ["0", "1", "2", "3", "4", "5"])
    }
}

extension DocumentCollection<QueueRecord> {
    /// A message that has failed once.
    fileprivate func createFailed(in queue: QueueName, at now: Timestamp) async throws {
        var record = QueueRecord(queue: queue, payload: "failed", visibleAt: now)
        record.dequeueCount = 1
        _ = try await create(record)
    }
}
