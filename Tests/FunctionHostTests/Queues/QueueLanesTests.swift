import FunctionKit
import FunctionTesting
import Synchronization
import Testing

@testable import FunctionHost

/// The tasks in which a listener handles the messages of a round.
struct QueueLanesTests {
    private let app = TestApp()
    private let queue: QueueName

    init() throws { queue = try QueueName("mail-out") }

    private func listener(_ handler: @escaping QueueListener.Handler) -> QueueListener {
        app.observingQueueListener(queue, handler)
    }

    private func enqueue(_ count: Int) async throws -> TenantName {
        let tenant = try app.store.tenant("acme")
        for number in 0..<count { try await tenant.enqueue(text: "\(number)", to: queue) }
        return tenant.name
    }

    @Test func functionsThatWaitAllWaitAtTheSameTime() async throws {
        let tenant = try await enqueue(16)
        let begun = Atomic(0)
        // Each message waits until all sixteen have begun.
        let listener = listener { _ in
            begun.add(1, ordering: .relaxed)
            while begun.load(ordering: .relaxed) < 16 { await Task.yield() }
            return .init()
        }
        listener.notice(tenant)
        async let running: Void = listener.run()
        while begun.load(ordering: .relaxed) < 16 || listener.runningCount > 0 { await Task.yield() }
        listener.stop()
        await running
        #expect(begun.load(ordering: .relaxed) == 16)
    }

    @Test func functionsThatDoNotWaitShareATask() async throws {
        let tenant = try await enqueue(16)
        let lanes = LockedState<[ObjectIdentifier: Int]>([:])
        let listener = listener { _ in
            if let lane = DeliveryLane.current { lanes.withLock { $0[ObjectIdentifier(lane), default: 0] += 1 } }
            return .init()
        }
        listener.notice(tenant)
        async let running: Void = listener.run()
        while lanes.withLock({ $0.values.reduce(0, +) }) < 16 || listener.runningCount > 0 { await Task.yield() }
        listener.stop()
        await running
        #expect(lanes.withLock { $0.values.reduce(0, +) } == 16)
        #expect(lanes.withLock { $0.count } < 16)
    }

    @Test func aCancelledListenerGivesBackWhatFails() async throws {
        let tenant = try await enqueue(3)
        let begun = Atomic(0)
        let listener = listener { [clock = app.clock] _ in
            begun.add(1, ordering: .relaxed)
            do {
                try await clock.sleep(for: .seconds(60))
                return .init()
            } catch {
                return .init(failure: "\(error)")
            }
        }
        listener.notice(tenant)
        let running = Task { await listener.run() }
        while begun.load(ordering: .relaxed) < 3 { await Task.yield() }
        running.cancel()
        await running.value
        let left = try await app.store.tenant("acme").collection(.queues).page().items
        #expect(left.map(\.dequeueCount) == [0, 0, 0])
    }
}
