import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Delivery when the store fails, a document is no message, or the host stops in the middle.
struct QueueFaultTests {
    private let app = TestApp()
    private let engine: FaultyStoreEngine
    private let store: Store
    private let queue: QueueName
    private static let diskError = StoreError(.unavailable, "The disk is full. Make room.")

    init() throws {
        queue = try QueueName("mail-out")
        engine = FaultyStoreEngine(app.engine)
        let logger = Logger(sink: app.log, category: "Store")
        store = Store(engine: engine, clock: app.clock, random: app.random, logger: logger)
    }

    private func round(_ tenant: TenantStore) -> QueueRound {
        QueueRound(
            tenant: tenant,
            queue: queue,
            policy: QueuePolicy(),
            owner: QueueOwner(host: "host", listener: "1"),
            ownsStore: true,
            clock: app.clock
        )
    }

    private func take(_ count: Int, from tenant: TenantStore) async -> QueueReport {
        await round(tenant).perform(
            QueueOrder(tenant: tenant.name, memory: QueueMemory(), endings: [], shares: [count])
        )
    }

    private func listener(_ handler: @escaping QueueListener.Handler) -> QueueListener {
        app.observingQueueListener(queue, store: store, handler)
    }

    /// Yields until something holds.
    private func until(_ isTrue: () async throws -> Bool) async throws {
        while try await !isTrue() { await Task.yield() }
    }

    private func messages(_ queue: String, of tenant: TenantStore) async throws -> [Stored<QueueRecord>] {
        try await tenant.collection(.queues).page(index: "by_visibility", equals: [.text(queue)]).items
    }

    /// Puts a document into the queue that no `QueueRecord` is.
    private func putForeign(_ json: String, id: String, into tenant: TenantStore) async throws {
        try await tenant.partition.declare(CollectionDefinition.queues.schema)
        let key = DocumentKey(CollectionDefinition.queues.name, try DocumentID(id))
        _ = try await tenant.partition.commit(
            WriteBatch([.init(key, .create(.init(body: Array(json.utf8), expiresAt: nil)))])
        )
    }

    @Test(arguments: [
        #"{"queue":"mail-out"}"#, #"{"queue":"mail-out","visible_at":null,"payload":7}"#,
        #"{"queue":"mail-out","visible_at":"2020-01-01T00:00:00.000Z","payload":"p","dequeue_count":"x"}"#,
    ])
    func aDocumentThatIsNoMessageHoldsUpNobody(json: String) async throws {
        let tenant = try store.tenant("acme")
        try await putForeign(json, id: "foreign", into: tenant)
        try await tenant.enqueue("good", to: queue)
        let taken = await take(16, from: tenant).taken
        #expect(taken.map(\.stored.payload) == [#""good""#])
        let poison = try #require(try await messages("mail-out-poison", of: tenant).first)
        #expect(poison.id == "foreign")
        #expect(poison.payload == json)
        #expect(poison.originalQueue == "mail-out")
        #expect(poison.lastError?.hasPrefix("It is no queue message: Document 'foreign' does not decode") == true)
    }

    /// More of them than one batch may write: they go in several rounds, and the message behind them is delivered.
    @Test func manyDocumentsThatAreNoMessagesHoldUpNobody() async throws {
        let tenant = try store.tenant("acme")
        for number in 0..<1100 {
            try await putForeign(#"{"queue":"mail-out","visible_at":""}"#, id: "f\(number)", into: tenant)
        }
        try await tenant.enqueue("good", to: queue)
        var taken: [String] = []
        for _ in 0..<30 where taken.isEmpty {
            let report = await take(16, from: tenant)
            #expect(report.failure == nil)
            taken = report.taken.map(\.stored.payload)
        }
        #expect(taken == [#""good""#])
    }

    @Test func nothingIsHandedOutWhenItsLeaseCannotBeWritten() async throws {
        let tenant = try store.tenant("acme")
        for number in 1...3 { try await tenant.enqueue(number, to: queue) }
        engine.inject { _, call in if case .commit = call { Self.diskError } else { nil } }
        let report = await take(3, from: tenant)
        #expect(report.taken.isEmpty)
        #expect(report.failure?.code == .unavailable)
        engine.inject { _, _ in nil }
        #expect(await take(3, from: tenant).taken.count == 3)
    }

    /// What a function has done is done: its message is not delivered again because the disk was full for a moment.
    @Test func aMessageThatCannotBeSettledIsSettledLater() async throws {
        let tenant = try store.tenant("acme")
        let deliveries = LockedState<[Int]>([])
        let listener = listener { [engine] message in
            deliveries.withLock { $0.append(message.dequeueCount) }
            engine.inject { _, call in if case .commit = call { Self.diskError } else { nil } }
            return .init()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            try await tenant.enqueue("once", to: queue)
            try await until {
                app.log.messages(.error).contains { $0.contains("cannot be settled and is kept: The disk") }
            }
            engine.inject { _, _ in nil }
            await app.clock.waitForSleepers()
            app.clock.advance(by: QueueState.restAfterFailure)
            try await until { try await messages("mail-out", of: tenant).isEmpty }
            listener.stop()
            try await group.waitForAll()
        }
        #expect(deliveries.withLock { $0 } == [1])
        #expect(try await tenant.collection(QueueLedger.collection).get("mail-out") == nil)
    }

    @Test func aLeaseIsRenewedAcrossAnErrorOfTheStore() async throws {
        let tenant = try store.tenant("acme")
        let gate = WakeUp()
        let deliveries = LockedState(0)
        let listener = listener { [clock = app.clock] _ in
            deliveries.withLock { $0 += 1 }
            await gate.wait(atMost: nil, clock: clock)
            return .init()
        }
        func leasedUntil() async throws -> Timestamp? {
            try await tenant.collection(QueueLedger.collection).get("mail-out")?.value.holders.first?.until
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            try await tenant.enqueue("slow", to: queue)
            try await until { deliveries.withLock { $0 } == 1 }
            let before = try await leasedUntil()
            engine.inject { _, call in if case .commit = call { Self.diskError } else { nil } }
            try await until {
                app.clock.advance(by: .milliseconds(10_001))
                await Task.yield()
                return app.log.messages(.error).contains { $0.contains("cannot be read: The disk is full") }
            }
            #expect(try await leasedUntil() == before)
            engine.inject { _, _ in nil }
            try await until {
                app.clock.advance(by: .seconds(5))
                await Task.yield()
                return try await leasedUntil() != before
            }
            gate.signal()
            try await until { try await messages("mail-out", of: tenant).isEmpty }
            listener.stop()
            try await group.waitForAll()
        }
        #expect(deliveries.withLock { $0 } == 1)
    }

    @Test func aDamagedTenantDoesNotStopTheOthers() async throws {
        let damaged = StoreError(.damaged, "tenants/acme/log.jsonl is damaged at byte 7.")
        engine.inject { tenant, call in
            if case .query = call, tenant.description == "acme" { damaged } else { nil }
        }
        let deliveries = LockedState<[String]>([])
        let listener = listener { message in
            deliveries.withLock { $0.append(message.tenant.description) }
            return .init()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            for slug in ["acme", "umbrella"] { try await store.tenant(slug).enqueue(slug, to: queue) }
            try await until { deliveries.withLock { !$0.isEmpty } }
            listener.stop()
            try await group.waitForAll()
        }
        #expect(deliveries.withLock { $0 } == ["umbrella"])
        #expect(app.log.messages(.error).contains { $0.contains("'mail-out' of 'acme' cannot be read: tenants/acme") })
    }

    @Test func whatIsLeasedWhileTheHostStopsGoesBackUncounted() async throws {
        let tenant = try store.tenant("acme")
        try await tenant.enqueue("not now", to: queue)
        let gate = WakeUp()
        let isAsked = LockedState(false)
        engine.inject { [clock = app.clock] _, call in
            guard case .query = call, isAsked.withLock({ asked in !asked }) else { return nil }
            isAsked.withLock { $0 = true }
            await gate.wait(atMost: nil, clock: clock)
            return nil
        }
        let deliveries = LockedState(0)
        let listener = listener { _ in
            deliveries.withLock { $0 += 1 }
            return .init()
        }
        listener.notice(tenant.name)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            try await until { isAsked.withLock { $0 } }
            listener.stop()
            #expect(listener.runningCount == 1)
            gate.signal()
            try await group.waitForAll()
        }
        #expect(deliveries.withLock { $0 } == 0)
        let message = try #require(try await messages("mail-out", of: tenant).first)
        #expect(message.dequeueCount == 0)
        #expect(message.visibleAt <= app.clock.now)
    }

    @Test func aDeliveryThatTheHostBreaksOffDoesNotCount() async throws {
        let tenant = try store.tenant("acme")
        let begun = LockedState(false)
        let listener = listener { [clock = app.clock] _ in
            begun.withLock { $0 = true }
            do { try await clock.sleep(for: .seconds(3600)) } catch { return .init(failure: "cancelled") }
            return .init()
        }
        let running = Task { await listener.run() }
        try await tenant.enqueue("long", to: queue)
        try await until { begun.withLock { $0 } }
        listener.stop()
        running.cancel()
        await running.value
        let message = try #require(try await messages("mail-out", of: tenant).first)
        #expect(message.dequeueCount == 0)
        #expect(message.visibleAt <= app.clock.now)
    }
}
