import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What staff see of the queues, and how a message is sent again.
struct QueueInspectorTests {
    private let app = TestApp()
    private let engine: FaultyStoreEngine
    private let inspector: QueueInspector
    private let queue: QueueName

    init() throws {
        queue = try QueueName("mail-out")
        engine = FaultyStoreEngine(app.engine)
        let logger = Logger(sink: app.log, category: "Store")
        let store = Store(engine: engine, clock: app.clock, random: app.random, logger: logger)
        inspector = QueueInspector(engine: engine, store: store, clock: app.clock)
    }

    @discardableResult
    private func putPoison(_ slug: String, _ payload: String, id: String) async throws -> TenantStore {
        let tenant = try app.store.tenant(slug)
        var record = QueueRecord(queue: try queue.poison, payload: payload, visibleAt: app.clock.now)
        record.originalQueue = queue.description
        record.dequeueCount = 5
        record.lastError = "the provider is down"
        _ = try await tenant.collection(.queues).create(record, id: id)
        return tenant
    }

    private func line(_ counts: QueueCounts) -> String {
        "\(counts.tenant) \(counts.queue) \(counts.waiting) \(counts.invisible) \(counts.poison)"
    }

    @Test func countsByTenantAndQueue() async throws {
        let acme = try await putPoison("acme", "lost", id: "p1")
        for number in 1...3 { try await acme.enqueue(number, to: queue) }
        try await acme.enqueue("later", to: queue, after: .seconds(60))
        try await acme.enqueue("hook", to: try QueueName("web-hooks"))
        try await putPoison("umbrella", "lost", id: "p2")
        _ = try await app.store.tenant("empty").collection(.queues).upsert(
            QueueRecord(queue: queue, payload: "x", visibleAt: app.clock.now),
            id: "gone"
        )
        try await app.store.tenant("empty").collection(.queues).delete("gone")
        let overview = try await inspector.overview(limit: 10)
        #expect(
            overview.queues.map(line) == ["acme mail-out 3 1 1", "acme web-hooks 1 0 0", "umbrella mail-out 0 0 1"]
        )
        #expect(overview.nextCursor == nil)
        #expect(try await inspector.overview(tenant: TenantName("umbrella"), limit: 10).queues.count == 1)
    }

    @Test func pagesByTenant() async throws {
        for slug in ["a", "b", "c"] { try await app.store.tenant(slug).enqueue(1, to: queue) }
        let first = try await inspector.overview(limit: 2)
        #expect(first.queues.map(\.tenant) == ["a", "b"])
        #expect(first.nextCursor == "b")
        let second = try await inspector.overview(limit: 2, cursor: first.nextCursor)
        #expect(second.queues.map(\.tenant) == ["c"])
        #expect(second.nextCursor == nil)
    }

    @Test func countsNoFurtherThanItsBound() async throws {
        let tenant = try app.store.tenant("acme")
        for _ in 0..<3 {
            try await tenant.transaction { transaction in
                for number in 0..<400 { try transaction.enqueue(number, to: queue) }
            }
        }
        #expect(try await inspector.overview(limit: 1).queues.map(\.waiting) == [QueueInspector.countMax])
    }

    @Test func aDamagedTenantIsToldOfBesideTheOthers() async throws {
        for slug in ["acme", "umbrella"] { try await app.store.tenant(slug).enqueue(1, to: queue) }
        engine.inject { tenant, _ in
            tenant.description == "acme" ? StoreError(.damaged, "The log is damaged.") : nil
        }
        let overview = try await inspector.overview(limit: 10)
        #expect(overview.problems == [.init(tenant: "acme", reason: "The log is damaged.")])
        #expect(overview.queues.map(\.tenant) == ["umbrella"])
    }

    @Test func showsMessages() async throws {
        let tenant = try await putPoison("acme", #"{"to":"dana"}"#, id: "p1")
        let page = try await inspector.messages(in: queue.poison, of: tenant.name, limit: 10)
        let message = try #require(page.messages.first)
        #expect(page.messages.count == 1)
        #expect(message.id == "p1")
        #expect(message.dequeueCount == 5)
        #expect(message.lastError == "the provider is down")
        #expect(message.payload == #"{"to":"dana"}"#)
        #expect(message.insertedAt == app.clock.now)
        #expect(try await inspector.messages(in: queue, of: tenant.name, limit: 10).messages.isEmpty)
    }

    @Test func sendsAPoisonMessageAgainOnce() async throws {
        let tenant = try await putPoison("acme", "lost", id: "p1")
        let results = try await withThrowingTaskGroup(of: QueueName?.self) { group in
            for _ in 0..<20 {
                group.addTask { try await inspector.sendAgain("p1", from: queue.poison, of: tenant.name) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.compactMap(\.self) == [queue])
        let message = try #require(try await tenant.collection(.queues).get("p1"))
        #expect(message.queue == "mail-out")
        #expect(message.dequeueCount == 0)
        #expect(message.originalQueue == nil)
        #expect(message.lastError == "the provider is down")
    }

    @Test func sendsOnlyWhatLiesInThatPoisonQueue() async throws {
        let tenant = try await putPoison("acme", "lost", id: "p1")
        let id = try await tenant.enqueue("waits", to: queue)
        #expect(try await inspector.sendAgain(id, from: queue, of: tenant.name) == nil)
        #expect(try await inspector.sendAgain("none", from: queue.poison, of: tenant.name) == nil)
        #expect(try await inspector.sendAgain("p1", from: QueueName("other-poison"), of: tenant.name) == nil)
        #expect(try await inspector.sendAgain("p1", from: queue.poison, of: TenantName("umbrella")) == nil)
        #expect(try await tenant.collection(.queues).get("p1")?.queue == "mail-out-poison")
    }
}
