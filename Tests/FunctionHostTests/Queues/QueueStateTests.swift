import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What a listener decides, event by event, without a store.
struct QueueStateTests {
    private let now = Timestamp(seconds: 1_767_225_600)
    private let acme: TenantName
    private let umbrella: TenantName

    init() throws {
        acme = try TenantName("acme")
        umbrella = try TenantName("umbrella")
    }

    /// The state behind a reference, since an expectation cannot change a value.
    private final class Machine {
        private var state: QueueState

        init(_ policy: QueuePolicy, receivers: Int) { state = QueueState(policy: policy, receivers: receivers) }

        var runningCount: Int { state.runningCount }
        var isOver: Bool { state.isOver }
        func notice(_ tenant: TenantName, at now: Timestamp) { state.notice(tenant, at: now) }
        func stop() { state.stop() }
        func hurry() { state.hurry() }
        func orders(at now: Timestamp) -> [QueueOrder] { state.orders(at: now) }
        func pause(at now: Timestamp) -> Duration? { state.pause(at: now) }
        func ended(_ order: QueueOrder, _ report: QueueReport, at now: Timestamp) -> [(QueueDelivery, Int)] {
            state.ended(order, report, at: now)
        }
        func began(_ tenant: TenantName, at now: Timestamp) -> Bool { state.began(tenant, at: now) }
        func ended(_ ending: QueueEnding, of tenant: TenantName, by receiver: Int, at now: Timestamp) -> Bool {
            state.ended(ending, of: tenant, by: receiver, nanoseconds: 1_000_000_000, at: now)
        }
    }

    private func deliveries(_ ids: [String]) throws -> [QueueDelivery] {
        try ids.map { id in
            QueueDelivery(
                stored: Stored(
                    id: id,
                    revision: Revision(rawValue: 1),
                    createdAt: now,
                    updatedAt: now,
                    value: QueueRecord(queue: try QueueName("mail-out"), payload: id, visibleAt: now)
                ),
                leasedUntil: now + .seconds(30)
            )
        }
    }

    /// The report of a round that took these.
    private func took(_ order: QueueOrder, _ ids: [String], hasMore: Bool = false) throws -> QueueReport {
        var report = QueueReport(memory: order.memory)
        report.taken = try deliveries(ids)
        report.settled = order.endings
        report.memory.mine.formUnion(ids)
        for ending in order.endings { report.memory.mine.remove(ending.delivery.id) }
        report.memory.until = now + .seconds(30)
        report.hasMore = hasMore
        return report
    }

    private func failed(_ order: QueueOrder) -> QueueReport {
        QueueReport(memory: order.memory).failed(StoreError(.unavailable, "The disk is full."), order.endings)
    }

    private func ending(_ delivery: QueueDelivery) -> QueueEnding {
        QueueEnding(delivery: delivery, disposition: .delete)
    }

    @Test func takesOneBatchAtATime() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        #expect(state.pause(at: now) == nil)
        state.notice(acme, at: now)
        state.notice(umbrella, at: now)
        let orders = state.orders(at: now)
        #expect(orders.map(\.tenant) == [acme])
        #expect(orders.map(\.shares) == [[16]])
        // What is being taken counts: the second tenant waits.
        #expect(state.orders(at: now).isEmpty)
        #expect(state.runningCount == 1)
        #expect(state.ended(orders[0], try took(orders[0], []), at: now).isEmpty)
        #expect(state.orders(at: now).map(\.tenant) == [umbrella])
    }

    @Test func sharesALargeThresholdAmongTheTenantsThatWait() throws {
        var policy = QueuePolicy()
        policy.batchSize = 32
        policy.newBatchThreshold = 256
        let state = Machine(policy, receivers: 1)
        state.notice(acme, at: now)
        #expect(state.orders(at: now).map(\.shares) == [[288]])
        let other = Machine(policy, receivers: 1)
        for tenant in [acme, umbrella] { other.notice(tenant, at: now) }
        #expect(other.orders(at: now).map(\.shares).sorted { $0[0] < $1[0] } == [[128], [160]])
    }

    @Test func refillsWhenFewEnoughAreHandled() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let first = state.orders(at: now)[0]
        let ids = (1...16).map { "m\($0)" }
        let begun = state.ended(first, try took(first, ids, hasMore: true), at: now)
        #expect(begun.map(\.1) == Array(repeating: 0, count: 16))
        for _ in begun { #expect(!state.began(acme, at: now)) }
        for (count, delivery) in begun.map(\.0).enumerated() {
            #expect(state.ended(ending(delivery), of: acme, by: 0, at: now))
            let orders = state.orders(at: now)
            // 15 … 9 are handled: the endings are settled and nothing is taken; at 8 the next batch comes.
            #expect(orders.count == 1)
            #expect(orders[0].room == (count == 7 ? 16 : 0))
            guard count < 7 else { return }
            _ = state.ended(orders[0], try took(orders[0], []), at: now)
        }
    }

    @Test func endingsShareABatch() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        let begun = state.ended(order, try took(order, ["a", "b", "c"]), at: now).map(\.0)
        // Of three messages two have been handled before the third has begun.
        for (place, delivery) in begun.prefix(2).enumerated() {
            #expect(!state.began(acme, at: now))
            // With the first one there is something to wait for.
            #expect(state.ended(ending(delivery), of: acme, by: 0, at: now) == (place == 0))
        }
        #expect(state.orders(at: now).isEmpty)
        #expect(state.pause(at: now) == QueueState.settleDelay)
        let later = now + QueueState.settleDelay
        #expect(state.orders(at: later).map(\.endings.count) == [2])
        // While that round goes on, the third waits for its own.
        #expect(!state.began(acme, at: later))
        #expect(!state.ended(ending(begun[2]), of: acme, by: 0, at: later))
        #expect(state.orders(at: later).isEmpty)
    }

    @Test func oneRoundGoesOnAtATenant() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        state.notice(acme, at: now)
        #expect(state.orders(at: now).isEmpty)
        _ = state.ended(order, try took(order, []), at: now)
        // The notice that came meanwhile was not lost.
        #expect(state.orders(at: now).map(\.tenant) == [acme])
    }

    @Test func functionsOnOneQueueCompete() throws {
        var policy = QueuePolicy()
        policy.batchSize = 2
        policy.newBatchThreshold = 0
        let state = Machine(policy, receivers: 2)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        #expect(order.shares == [2, 2])
        let begun = state.ended(order, try took(order, ["a", "b", "c"], hasMore: true), at: now)
        #expect([0, 1].map { number in begun.count { $0.1 == number } }.sorted() == [1, 2])
        // One function has nothing to do: messages are taken for it alone.
        let idle = begun.count { $0.1 == 0 } == 1 ? 0 : 1
        for (delivery, receiver) in begun {
            _ = state.began(acme, at: now)
            if receiver == idle { _ = state.ended(ending(delivery), of: acme, by: receiver, at: now) }
        }
        let next = state.orders(at: now)
        #expect(next.map(\.shares) == [idle == 0 ? [2, 0] : [0, 2]])
    }

    @Test func aLeaseIsRenewedAfterAThird() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        _ = state.ended(order, try took(order, ["a"]), at: now)
        _ = state.began(acme, at: now)
        #expect(state.pause(at: now) == .seconds(10))
        #expect(state.orders(at: now + .seconds(9)).isEmpty)
        let renewal = state.orders(at: now + .seconds(10))
        #expect(renewal.map(\.room) == [0])
        #expect(renewal.map(\.endings.count) == [0])
    }

    @Test func anEndingThatTheStoreDoesNotTakeIsKept() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        let begun = state.ended(order, try took(order, ["a"]), at: now)
        _ = state.began(acme, at: now)
        #expect(state.ended(ending(begun[0].0), of: acme, by: 0, at: now))
        let settling = state.orders(at: now)[0]
        _ = state.ended(settling, failed(settling), at: now)
        #expect(state.orders(at: now).isEmpty)
        #expect(state.runningCount == 1)
        state.notice(acme, at: now)
        #expect(state.orders(at: now).isEmpty)
        #expect(state.pause(at: now) == QueueState.restAfterFailure)
        #expect(state.orders(at: now + QueueState.restAfterFailure).map(\.endings.count) == [1])
    }

    @Test func aQueueThatCannotBeReadIsLookedAtLater() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        _ = state.ended(order, failed(order), at: now)
        #expect(state.pause(at: now) == .seconds(60))
        #expect(state.orders(at: now + .seconds(60)).map(\.room) == [16])
    }

    @Test func aStopGivesBackWhatWasTakenMeanwhile() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        state.stop()
        #expect(!state.isOver)
        #expect(state.ended(order, try took(order, ["a", "b"], hasMore: true), at: now).isEmpty)
        let last = state.orders(at: now)
        #expect(last.map(\.room) == [0])
        #expect(last[0].endings.map(\.disposition) == [.release, .release])
        _ = state.ended(last[0], try took(last[0], []), at: now)
        #expect(state.isOver)
        #expect(state.orders(at: now).isEmpty)
        #expect(state.pause(at: now) == nil)
    }

    @Test func aHostInAHurryWaitsForNothing() throws {
        let state = Machine(QueuePolicy(), receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        let begun = state.ended(order, try took(order, ["a", "b"]), at: now)
        for _ in begun { _ = state.began(acme, at: now) }
        state.hurry()
        #expect(!state.isOver)
        #expect(state.ended(ending(begun[0].0), of: acme, by: 0, at: now))
        let settling = state.orders(at: now)[0]
        // The store refuses: the message stays in the ledger for the next host.
        _ = state.ended(settling, failed(settling), at: now)
        #expect(!state.isOver)
        #expect(state.ended(ending(begun[1].0), of: acme, by: 0, at: now))
        let last = state.orders(at: now)[0]
        _ = state.ended(last, try took(last, []), at: now)
        #expect(state.isOver)
    }

    @Test func aRoundIsBounded() throws {
        var policy = QueuePolicy()
        policy.batchSize = 32
        policy.newBatchThreshold = 256
        let state = Machine(policy, receivers: 1)
        state.notice(acme, at: now)
        let order = state.orders(at: now)[0]
        let begun = state.ended(order, try took(order, (1...10).map { "m\($0)" }), at: now)
        for _ in begun { _ = state.began(acme, at: now) }
        let output = try QueueDraft(queue: try QueueName("out"), payload: "x").write(id: "o", at: now)
        for (delivery, _) in begun {
            let outputs = Array(repeating: output, count: Outputs.messagesMax)
            let ending = QueueEnding(delivery: delivery, disposition: .delete, outputs: outputs)
            _ = state.ended(ending, of: acme, by: 0, at: now)
        }
        #expect(state.orders(at: now).map(\.endings.count) == [2])
    }
}
