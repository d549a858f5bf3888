import FunctionKit
import FunctionTesting
import Synchronization
import Testing

@testable import FunctionHost

/// Messages that are taken before a function is free for them: how many, how many of them run at once, and that they go back.
struct TakeAheadTests {
    private static let counts: [(runs: [(count: Int, milliseconds: Int)], room: Int, expected: Int)] = [
        ([], 16, 0),
        ([(10, 0)], 16, 0),
        ([(100, 0)], 16, 240),
        ([(200, 0)], 1, 255),
        ([(200, 0)], 0, 0),
        ([(200, 0)], 288, 0),
        ([(200, 1)], 16, 63),
        ([(200, 4)], 16, 3),
        ([(200, 5)], 16, 0),
        ([(200, 5000)], 16, 0),
        // One long run is enough to be careful again, for a while.
        ([(200, 0), (1, 200)], 16, 0),
        ([(200, 0), (1, 200), (100, 0)], 16, 240),
    ]

    @Test(arguments: counts)
    func countFollowsTheRuns(_ row: (runs: [(count: Int, milliseconds: Int)], room: Int, expected: Int)) {
        var ahead = TakeAhead()
        for (count, milliseconds) in row.runs {
            for _ in 0..<count { ahead.note(ran: .milliseconds(milliseconds)) }
        }
        #expect(ahead.count(beside: row.room) == row.expected)
    }

    @Test(arguments: [(1, 240), (2, 0)])
    func onlyASingleFunctionGetsMore(_ receivers: Int, _ expected: Int) throws {
        let now = Timestamp(seconds: 1_767_225_600)
        let tenant = try TenantName("acme")
        var state = QueueState(policy: QueuePolicy(), receivers: receivers)
        let ending = QueueEnding(delivery: try delivery(), disposition: .delete)
        for _ in 0..<100 {
            _ = state.ended(ending, of: tenant, by: 0, ran: .zero, isNext: true, at: now)
        }
        state.notice(tenant, at: now)
        #expect(state.orders(at: now).map(\.ahead) == [expected])
    }

    private func delivery() throws -> QueueDelivery {
        let now = Timestamp(seconds: 1_767_225_600)
        return QueueDelivery(
            stored: Stored(
                id: "a",
                revision: Revision(rawValue: 1),
                createdAt: now,
                updatedAt: now,
                value: QueueRecord(queue: try QueueName("mail-out"), payload: "", visibleAt: now)
            ),
            leasedUntil: now
        )
    }

    @Test func aBatchFreesItsSlotsAtItsEnd() throws {
        let batch = DeliveryBatch(Array(repeating: (try delivery(), 0), count: 10), slots: 4)
        #expect(batch.isAhead)
        #expect((0..<6).map { _ in batch.beginLane() } == [true, true, true, true, false, false])
        batch.endLane()
        #expect(batch.beginLane())
        #expect((0..<12).filter { _ in batch.next() != nil }.count == 10)
        #expect(
            (0..<10).map { _ in batch.endMessage() } == Array(repeating: true, count: 6)
                + Array(repeating: false, count: 4)
        )
    }

    @Test(arguments: 0...4)
    func aBatchThatClosesFreesTheSlotsThatAreNotInUse(_ running: Int) throws {
        let batch = DeliveryBatch(Array(repeating: (try delivery(), 7), count: 10), slots: 4)
        for _ in 0..<running { _ = batch.next() }
        let rest = batch.close()
        #expect(rest.count == 10 - running)
        #expect(rest.filter { $0.1 == 7 }.count == 4 - running)
        #expect(!batch.hasMore)
        #expect(batch.next() == nil)
        #expect(batch.close().isEmpty)
        #expect((0..<running).allSatisfy { _ in !batch.endMessage() })
    }

    /// Runs that hold until they are let go.
    private final class Gate: Sendable {
        let running = Atomic(0)
        let most = Atomic(0)
        let isOpen = Atomic(false)
        let handled = LockedState<[String]>([])

        func pass(_ message: QueueMessage) async {
            handled.withLock { $0.append(message.payload) }
            guard message.payload.hasPrefix("slow") else { return }
            most.max(running.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
            while !isOpen.load(ordering: .relaxed) { await Task.yield() }
            running.subtract(1, ordering: .relaxed)
        }
    }

    @Test func slowOnesAmongThemRunNoMoreAtOnceAndTheRestGoesBack() async throws {
        let app = TestApp()
        let queue = try QueueName("mail-out")
        let tenant = try app.store.tenant("acme")
        for number in 0..<200 { try await tenant.enqueue(text: "fast \(number)", to: queue) }
        // Messages of one moment come in any order.
        app.clock.advance(by: .milliseconds(1))
        for number in 0..<60 { try await tenant.enqueue(text: "slow \(number)", to: queue) }
        let gate = Gate()
        let listener = QueueListener(
            queue: queue,
            store: app.store,
            policy: QueuePolicy(),
            owner: QueueOwner(host: "host", listener: "1"),
            ownsStore: true,
            clock: app.clock,
            logger: Logger(sink: app.log, category: "Host.Queues"),
            handlers: [
                {
                    await gate.pass($0); return .init()
                }
            ]
        )
        listener.notice(tenant.name)
        async let running: Void = listener.run()
        while gate.running.load(ordering: .relaxed) < 16 { await Task.yield() }
        func held() async throws -> Int {
            try await tenant.collection(QueueLedger.collection).get("mail-out")?.value.holders.first?.messages.count
                ?? 0
        }
        // The fast ones are settled; all slow ones are taken, and sixteen of them run.
        await app.clock.waitForSleepers(2)
        app.clock.advance(by: QueueState.settleDelay)
        while try await held() != 60 { await Task.yield() }
        await app.clock.waitForSleepers(2)
        app.clock.advance(by: TakeAhead.patience)
        while try await held() >= 60 { await Task.yield() }
        #expect(try await held() == 16)
        gate.isOpen.store(true, ordering: .relaxed)
        while gate.handled.withLock({ $0.count }) < 260 || listener.runningCount > 0 { await Task.yield() }
        listener.stop()
        await running
        #expect(gate.most.load(ordering: .relaxed) == 16)
        let handled = gate.handled.withLock { $0 }
        #expect(handled.count == 260)
        #expect(Set(handled).count == 260)
        #expect(try await tenant.collection(.queues).page().items.isEmpty)
    }
}
