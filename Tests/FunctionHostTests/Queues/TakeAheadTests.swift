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
        ([(200, 0)], 8, 248),
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
        var ahead = TakeAhead(QueuePolicy())
        for (count, milliseconds) in row.runs {
            for _ in 0..<count { ahead.note(nanoseconds: Int64(milliseconds) * 1_000_000) }
        }
        #expect(ahead.count(beside: row.room) == row.expected)
    }

    @Test(arguments: [(16, 5, 240), (1, 5, 0), (16, 1, 0), (2, 2, 254)])
    func strictSettingsGetNothingAhead(_ batchSize: Int, _ maxDequeueCount: Int, _ expected: Int) {
        var policy = QueuePolicy()
        (policy.batchSize, policy.maxDequeueCount) = (batchSize, maxDequeueCount)
        var ahead = TakeAhead(policy)
        for _ in 0..<200 { ahead.note(nanoseconds: 0) }
        #expect(ahead.count(beside: batchSize) == expected)
    }

    @Test(arguments: [(1, 240), (2, 0)])
    func onlyASingleFunctionGetsMore(_ receivers: Int, _ expected: Int) throws {
        let now = Timestamp(seconds: 1_767_225_600)
        let tenant = try TenantName("acme")
        var state = QueueState(policy: QueuePolicy(), receivers: receivers)
        let ending = QueueEnding(delivery: try delivery(), disposition: .delete)
        for _ in 0..<100 {
            _ = state.ended(ending, of: tenant, by: 0, nanoseconds: 0, isNext: true, at: now)
        }
        state.notice(tenant, at: now)
        #expect(state.orders(at: now).map(\.ahead) == [expected])
    }

    private func delivery(failures: Int = 0) throws -> QueueDelivery {
        let now = Timestamp(seconds: 1_767_225_600)
        var record = QueueRecord(queue: try QueueName("mail-out"), payload: "", visibleAt: now)
        record.dequeueCount = failures
        return QueueDelivery(
            stored: Stored(
                id: "a",
                revision: Revision(rawValue: 1),
                createdAt: now,
                updatedAt: now,
                value: record
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

    /// A listener with 200 quick messages and 60 slow ones, of which sixteen run and the rest has been taken.
    private func withSlowOnes(
        _ body: (QueueListener, TenantStore, Gate, TestApp, Task<Void, Never>) async throws -> Void
    ) async throws {
        let app = TestApp()
        let queue = try QueueName("mail-out")
        let tenant = try app.store.tenant("acme")
        for number in 0..<200 { try await tenant.enqueue(text: "fast \(number)", to: queue) }
        // Messages of one moment come in any order.
        app.clock.advance(by: .milliseconds(1))
        for number in 0..<60 { try await tenant.enqueue(text: "slow \(number)", to: queue) }
        let gate = Gate()
        let listener = app.queueListener(queue) {
            await gate.pass($0)
            return .init()
        }
        listener.notice(tenant.name)
        let running = Task { await listener.run() }
        while gate.running.load(ordering: .relaxed) < 16 { await Task.yield() }
        // The fast ones are settled; all slow ones are taken.
        await app.clock.waitForSleepers(2)
        app.clock.advance(by: QueueState.settleDelay)
        while try await held(tenant) != 60 { await Task.yield() }
        try await body(listener, tenant, gate, app, running)
    }

    private func held(_ tenant: TenantStore) async throws -> Int {
        let ledger = try await tenant.collection(QueueLedger.collection).get("mail-out")
        return ledger?.value.holders.first?.messages.count ?? 0
    }

    @Test func slowOnesAmongThemRunNoMoreAtOnceAndTheRestGoesBack() async throws {
        try await withSlowOnes { listener, tenant, gate, app, running in
            await app.clock.waitForSleepers(2)
            app.clock.advance(by: TakeAhead.patience)
            while try await held(tenant) >= 60 { await Task.yield() }
            #expect(try await held(tenant) == 16)
            gate.isOpen.store(true, ordering: .relaxed)
            while gate.handled.withLock({ $0.count }) < 260 || listener.runningCount > 0 { await Task.yield() }
            listener.stop()
            await running.value
            #expect(gate.most.load(ordering: .relaxed) == 16)
            let handled = gate.handled.withLock { $0 }
            #expect(handled.count == 260)
            #expect(Set(handled).count == 260)
            #expect(try await tenant.collection(.queues).page().items.isEmpty)
        }
    }

    @Test func whatHasNotBegunGoesBackWhenTheListenerIsCancelled() async throws {
        try await withSlowOnes { _, tenant, gate, _, running in
            running.cancel()
            gate.isOpen.store(true, ordering: .relaxed)
            await running.value
            #expect(gate.handled.withLock { $0.count } == 216)
            let left = try await tenant.collection(.queues).page(limit: 100).items
            #expect(left.map(\.dequeueCount) == Array(repeating: 0, count: 44))
            #expect(try await held(tenant) == 0)
        }
    }

    @Test func nothingIsTakenAheadWhileAMessageRunsThatHasFailed() throws {
        let now = Timestamp(seconds: 1_767_225_600)
        let tenant = try TenantName("acme")
        var state = QueueState(policy: QueuePolicy(), receivers: 1)
        let quick = QueueEnding(delivery: try delivery(), disposition: .delete)
        for _ in 0..<100 { _ = state.ended(quick, of: tenant, by: 0, nanoseconds: 0, isNext: true, at: now) }
        state.notice(tenant, at: now)
        let first = try #require(state.orders(at: now).first)
        #expect(first.ahead == 240)
        var report = QueueReport(memory: first.memory)
        report.taken = [try delivery(failures: 1)]
        report.hasMore = true
        let begun = state.ended(first, report, at: now)
        #expect(state.orders(at: now).map(\.ahead) == [0])
        _ = state.began(tenant, at: now)
        let ending = QueueEnding(delivery: begun[0].0, disposition: .delete)
        #expect(state.ended(ending, of: tenant, by: 0, nanoseconds: 0, at: now) == false)
    }
}
