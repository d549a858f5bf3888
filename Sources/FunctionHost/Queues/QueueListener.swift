package import FunctionKit

/// Delivers the messages of one queue, of all tenants, to the functions that receive them; of several, each message goes to one.
///
/// ``QueueState`` decides and this does it: each round at a tenant's queue is a task, which has as many others, its lanes, as
/// its messages need.
package final class QueueListener: Sendable {
    /// How a function has handled a message.
    package struct Handled: Sendable {
        /// What went wrong; nil when it succeeded.
        package var failure: String?
        /// What is enqueued together with the message's removal: writes for the message's own tenant.
        package var outputs: [WriteBatch.Write]

        /// Tells of a run.
        package init(failure: String? = nil, outputs: [WriteBatch.Write] = []) {
            self.failure = failure
            self.outputs = outputs
        }
    }

    /// Lets a function handle a message.
    package typealias Handler = @Sendable (QueueMessage) async -> Handled

    /// The queue.
    package let queue: QueueName
    private let store: Store
    private let policy: QueuePolicy
    private let owner: QueueOwner
    private let ownsStore: Bool
    private let clock: any AppClock
    private let logger: Logger
    private let handlers: [Handler]
    private let wakeUp = WakeUp()
    private let state: LockedState<QueueState>
    /// Gives back what was taken ahead and whose turn does not come.
    private let patience: DeadlineWatch

    /// Makes a listener; ``run()`` makes it listen.
    ///
    /// - Parameters:
    ///   - queue: the queue.
    ///   - store: where its messages are.
    ///   - policy: the bounds.
    ///   - owner: who takes the messages; no two listeners that run at the same time have the same.
    ///   - ownsStore: true when no other process can have opened the store, so that another process's leases are free.
    ///   - clock: the time.
    ///   - logger: where to say what is wrong with the queue or a message.
    ///   - handlers: the functions that receive its messages.
    package init(
        queue: QueueName,
        store: Store,
        policy: QueuePolicy,
        owner: QueueOwner,
        ownsStore: Bool,
        clock: any AppClock,
        logger: Logger,
        handlers: [Handler]
    ) {
        self.queue = queue
        self.store = store
        self.policy = policy
        self.owner = owner
        self.ownsStore = ownsStore
        self.clock = clock
        self.logger = logger
        self.handlers = handlers
        state = LockedState(QueueState(policy: policy, receivers: handlers.count))
        patience = DeadlineWatch(clock: clock)
    }

    /// Tells that a tenant may have a message to deliver now; returns at once.
    package func notice(_ tenant: TenantName) {
        let now = clock.now
        if state.withLock({ $0.notice(tenant, at: now) }) { wakeUp.signal() }
    }

    /// Delivers messages until it is told to stop and the running ones have ended; cancelling the task cancels those, too, and
    /// gives their messages back.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while true {
                let isCancelled = Task.isCancelled
                if isCancelled { state.withLock { $0.hurry() } }
                let now = clock.now
                let (orders, pause, isOver) = state.withLock { state in
                    (state.orders(at: now), state.pause(at: now), state.isOver)
                }
                for order in orders { group.addTask { await self.round(order) } }
                if isOver { return }
                if isCancelled {
                    await wakeUp.waitEvenIfCancelled()
                } else {
                    await wakeUp.wait(atMost: pause, clock: clock)
                }
            }
        }
    }

    /// Takes no further message.
    package func stop() {
        state.withLock { $0.stop() }
        wakeUp.signal()
    }

    /// How many messages are being handled; a look that may bring some counts as one.
    package var runningCount: Int { state.withLock { $0.runningCount } }

    private func round(_ order: QueueOrder) async {
        let round = QueueRound(
            tenant: store.tenant(order.tenant),
            queue: queue,
            policy: policy,
            owner: owner,
            ownsStore: ownsStore,
            clock: clock
        )
        let report = await round.perform(order)
        let now = clock.now
        let begun = state.withLock { $0.ended(order, report, at: now) }
        wakeUp.signal()
        log(report, of: order.tenant)
        if !begun.isEmpty { await deliver(DeliveryBatch(begun, slots: order.room), of: order.tenant) }
    }

    /// Handles the messages of a round.
    ///
    /// A lane handles one after another as long as their functions do not suspend. Whenever a lane begins, the next one is
    /// queued behind it, and finds a thread when there is one more, or when a function suspends. So functions that wait all
    /// wait at the same time, and those that do not cost no task each. There are no more lanes than messages may run at once.
    private func deliver(_ batch: DeliveryBatch, of tenant: TenantName) async {
        let watched = batch.isAhead ? patience.add(within: TakeAhead.patience) { self.giveBack(batch, tenant) } : nil
        await withDiscardingTaskGroup { group in
            repeat {
                if batch.beginLane() { group.addTask { await self.lane(batch, of: tenant) } }
                await batch.waitForLane()
            } while batch.hasMore && !Task.isCancelled
        }
        if let watched { _ = patience.remove(watched) }
        // When it was told to break off, what has not begun goes back.
        if batch.hasMore { giveBack(batch, tenant) }
    }

    private func lane(_ batch: DeliveryBatch, of tenant: TenantName) async {
        await DeliveryLane.run { lane in
            var next = Task.isCancelled ? nil : batch.next()
            batch.noteLane()
            while let (delivery, receiver) = next {
                await deliver(delivery, of: tenant, to: receiver, from: batch, in: lane)
                // Also when the lane's time is over, which cancels it.
                next = Task.isCancelled ? nil : batch.next()
            }
        }
        batch.endLane()
    }

    private func giveBack(_ batch: DeliveryBatch, _ tenant: TenantName) {
        let now = clock.now
        // Closed behind the lock, so that nobody finds everything ended in between.
        if state.withLock({ $0.gaveBack(batch.close(), of: tenant, at: now) }) { wakeUp.signal() }
    }

    private func deliver(
        _ delivery: QueueDelivery,
        of tenant: TenantName,
        to receiver: Int,
        from batch: DeliveryBatch,
        in lane: DeliveryLane
    ) async {
        let begin = clock.now
        let start = clock.uptimeNanoseconds
        if state.withLock({ $0.began(tenant, at: begin) }) { wakeUp.signal() }
        let handled = await handlers[receiver](delivery.message(of: tenant, in: queue))
        var ending = QueueEnding(
            delivery: delivery,
            disposition: policy.disposition(
                succeeded: handled.failure == nil,
                dequeueCount: delivery.dequeueCount,
                in: queue
            ),
            error: handled.failure,
            outputs: handled.failure == nil ? handled.outputs : []
        )
        // What the host broke off does not count; what exceeded its time does.
        if handled.failure != nil, Task.isCancelled, !lane.isSpent { ending.disposition = .release }
        let now = clock.now
        let (nanoseconds, isNext) = (clock.uptimeNanoseconds - start, batch.endMessage())
        let isDue = state.withLock { state in
            state.ended(ending, of: tenant, by: receiver, nanoseconds: nanoseconds, isNext: isNext, at: now)
        }
        if isDue { wakeUp.signal() }
    }
}

extension QueueListener {
    private func log(_ report: QueueReport, of tenant: TenantName) {
        for ending in report.settled + report.recovered {
            guard case .poison = ending.disposition else { continue }
            logger.warning(
                "Message '\(ending.delivery.id)' of '\(tenant)' failed \(ending.delivery.dequeueCount) times "
                    + "and moved to '\(queue)-poison'."
            )
        }
        for ending in report.lost {
            logger.warning(
                "Message '\(ending.delivery.id)' of '\(tenant)' in '\(queue)' was changed by somebody else while it was "
                    + "handled, or its lease ran out; it may be handled twice."
            )
        }
        guard let failure = report.failure else { return }
        if report.unsettled.isEmpty {
            logger.error("The queue '\(queue)' of '\(tenant)' cannot be read: \(failure.message)")
        }
        for ending in report.unsettled {
            logger.error(
                "Message '\(ending.delivery.id)' of '\(queue)' cannot be settled and is kept: \(failure.message)"
            )
        }
    }
}
