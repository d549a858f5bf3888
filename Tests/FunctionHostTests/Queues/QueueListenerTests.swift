import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Delivery of messages to a function: at least once, one owner at a time, five attempts, then poison.
struct QueueListenerTests {
    /// Answers deliveries from a script and tells of each one.
    private final class Receiver: Sendable {
        private struct State {
            var deliveries: [QueueMessage] = []
            var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        }
        private let state = LockedState(State())
        private let failures: @Sendable (QueueMessage) -> String?

        init(_ failures: @escaping @Sendable (QueueMessage) -> String? = { _ in nil }) { self.failures = failures }

        var deliveries: [QueueMessage] { state.withLock { $0.deliveries } }

        func receive(_ message: QueueMessage) -> String? {
            let ready = state.withLock { state in
                state.deliveries.append(message)
                let count = state.deliveries.count
                let ready = state.waiters.filter { $0.count <= count }
                state.waiters.removeAll { $0.count <= count }
                return ready
            }
            for waiter in ready { waiter.continuation.resume() }
            return failures(message)
        }

        func wait(for count: Int) async {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.deliveries.count >= count { return true }
                    state.waiters.append((count, continuation))
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    private let app = TestApp()
    private let queue: QueueName

    init() throws { queue = try QueueName("mail-out") }

    private func listener(_ receiver: Receiver) -> QueueListener {
        app.observingQueueListener(queue) { .init(failure: receiver.receive($0)) }
    }

    private func waiting(_ queue: String, in tenant: TenantStore) async throws -> [Stored<QueueRecord>] {
        try await tenant.collection(.queues).page(index: "by_visibility", equals: [.text(queue)]).items
    }

    /// Returns when so many failures of a message are written.
    private func waitForFailures(_ count: Int, of id: String, in tenant: TenantStore) async throws {
        while try #require(try await tenant.collection(.queues).get(id)).dequeueCount < count { await Task.yield() }
    }

    /// Runs a listener while `body` drives it, then stops it and waits for it.
    private func withListener(_ receiver: Receiver, _ body: (QueueListener) async throws -> Void) async throws {
        let listener = listener(receiver)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await listener.run() }
            try await body(listener)
            listener.stop()
            try await group.waitForAll()
        }
    }

    @Test func deliversWhatIsEnqueuedAndRemovesIt() async throws {
        let tenant = try app.store.tenant("acme")
        let receiver = Receiver()
        try await withListener(receiver) { _ in
            try await tenant.enqueue(["to": "dana"], to: queue)
            await receiver.wait(for: 1)
        }
        let message = try #require(receiver.deliveries.first)
        #expect(message.payload == #"{"to":"dana"}"#)
        #expect(message.dequeueCount == 1)
        #expect(message.tenant.description == "acme")
        #expect(try await waiting("mail-out", in: tenant).isEmpty)
    }

    @Test func findsMessagesFromBeforeTheStart() async throws {
        let tenant = try app.store.tenant("acme")
        try await tenant.enqueue("old", to: queue)
        let receiver = Receiver()
        try await withListener(receiver) { listener in
            listener.notice(tenant.name)
            await receiver.wait(for: 1)
        }
        #expect(receiver.deliveries.map(\.payload) == [#""old""#])
    }

    @Test func keepsADelayedMessageBack() async throws {
        let tenant = try app.store.tenant("acme")
        let receiver = Receiver()
        try await withListener(receiver) { _ in
            try await tenant.enqueue("later", to: queue, after: .seconds(30))
            await app.clock.waitForSleepers()
            #expect(receiver.deliveries.isEmpty)
            app.clock.advance(by: .seconds(30))
            await receiver.wait(for: 1)
        }
        #expect(receiver.deliveries.count == 1)
    }

    @Test func movesToThePoisonQueueAfterFiveFailures() async throws {
        let tenant = try app.store.tenant("acme")
        let receiver = Receiver { _ in "the provider is down" }
        try await withListener(receiver) { _ in
            let id = try await tenant.enqueue("doomed", to: queue)
            for attempt in 1...5 {
                await receiver.wait(for: attempt)
                if attempt < 5 { try await waitForFailures(attempt, of: id, in: tenant) }
                app.clock.advance(by: .seconds(20))
            }
            while try await waiting("mail-out-poison", in: tenant).isEmpty { await Task.yield() }
        }
        let poison = try #require(try await waiting("mail-out-poison", in: tenant).first)
        #expect(receiver.deliveries.map(\.dequeueCount) == [1, 2, 3, 4, 5])
        #expect(poison.lastError == "the provider is down")
        #expect(poison.originalQueue == "mail-out")
        #expect(app.log.messages(.warning).contains { $0.hasSuffix("failed 5 times and moved to 'mail-out-poison'.") })
    }

    @Test func keepsTenantsApart() async throws {
        let receiver = Receiver()
        try await withListener(receiver) { _ in
            for slug in ["acme", "umbrella", "initech"] {
                try await app.store.tenant(slug).enqueue(slug, to: queue)
            }
            await receiver.wait(for: 3)
        }
        #expect(
            Set(receiver.deliveries.map { "\($0.tenant) \($0.payload)" })
                == [#"acme "acme""#, #"umbrella "umbrella""#, #"initech "initech""#]
        )
    }
}
