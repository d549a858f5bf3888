package import FunctionKit

/// Delivers the messages of one queue, of all tenants, to one function.
///
/// The actor's state is which tenants are to be looked at and when; each look leases messages and starts a task for each.
package actor QueueListener {
    /// Handles a message and tells how it ended: nil for success, else the reason of the failure.
    package typealias Handler = @Sendable (QueueMessage) async -> String?

    /// The queue.
    package nonisolated let queue: QueueName
    private let store: Store
    private let policy: QueuePolicy
    private let clock: any AppClock
    private let logger: Logger
    private let handler: Handler
    private let wakeUp = WakeUp()
    private var agenda = QueueAgenda()
    private var running = 0
    private var isLeasing = false
    private var isStopping = false

    /// Makes a listener; ``run()`` makes it listen.
    package init(
        queue: QueueName,
        store: Store,
        policy: QueuePolicy,
        clock: any AppClock,
        logger: Logger,
        handler: @escaping Handler
    ) {
        self.queue = queue
        self.store = store
        self.policy = policy
        self.clock = clock
        self.logger = logger
        self.handler = handler
    }

    /// Tells that a tenant may have a message to deliver now.
    package nonisolated func notice(_ tenant: TenantName) {
        // Unstructured, because a store's commit notice must return at once and cannot wait for the actor.
        Task { await self.look(at: tenant) }
    }

    /// Delivers messages until it is told to stop, then waits for the running ones; cancelling the task cancels those, too.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !isStopping && !Task.isCancelled {
                let room = policy.batchSize - running
                if room > 0, let tenant = agenda.next(at: clock.now) {
                    await lease(from: tenant, room: room, into: &group)
                } else {
                    await wakeUp.wait(atMost: pause(room: room), clock: clock)
                }
            }
        }
    }

    /// Takes no further message.
    package func stop() {
        isStopping = true
        wakeUp.signal()
    }

    /// How many messages are being handled; a look that may bring some counts as one.
    package var runningCount: Int { running + (isLeasing ? 1 : 0) }

    private func look(at tenant: TenantName) {
        agenda.add(tenant, at: clock.now)
        wakeUp.signal()
    }

    private func pause(room: Int) -> Duration? {
        guard room > 0, let due = agenda.earliest else { return nil }
        return min(max(due - clock.now, .zero), policy.pollingIntervalMax)
    }

    private func lease(from tenant: TenantName, room: Int, into group: inout DiscardingTaskGroup) async {
        let consumer = QueueConsumer(tenant: store.tenant(tenant), queue: queue, policy: policy, clock: clock)
        isLeasing = true
        defer { isLeasing = false }
        do {
            let (leased, nextVisible) = try await consumer.receive(upTo: room)
            if leased.count == room { agenda.add(tenant, at: clock.now) }
            if let nextVisible { agenda.add(tenant, at: nextVisible) }
            for message in leased {
                // The stop may have come while the store was asked.
                guard !isStopping, !Task.isCancelled else {
                    try await consumer.release(message)
                    continue
                }
                running += 1
                group.addTask { await self.deliver(message, consumer) }
            }
        } catch {
            agenda.add(tenant, at: clock.now + policy.pollingIntervalMax)
            logger.error("The queue '\(queue)' of '\(tenant)' cannot be read: \(describe(error))")
        }
    }

    private func deliver(_ stored: Stored<QueueRecord>, _ consumer: QueueConsumer) async {
        let message = QueueMessage(
            id: stored.id,
            queue: queue,
            tenant: consumer.tenant.name,
            payload: stored.payload,
            dequeueCount: stored.dequeueCount,
            insertedAt: stored.createdAt,
            expiresAt: stored.expiresAt
        )
        let (failure, current) = await handle(message, stored, consumer)
        do {
            try await settle(message, current, failure, consumer)
        } catch {
            // The lease runs out, and the message is delivered again.
            logger.error("Message '\(message.id)' of '\(queue)' cannot be settled: \(describe(error))")
        }
        running -= 1
        agenda.add(consumer.tenant.name, at: clock.now)
        wakeUp.signal()
    }

    private func settle(
        _ message: QueueMessage,
        _ current: Stored<QueueRecord>,
        _ failure: String?,
        _ consumer: QueueConsumer
    ) async throws {
        let isOurs: Bool
        if Task.isCancelled && failure != nil {
            isOurs = try await consumer.release(current)
        } else {
            let disposition = policy.disposition(succeeded: failure == nil, dequeueCount: message.dequeueCount)
            isOurs = try await consumer.settle(current, disposition, error: failure)
            if isOurs, disposition == .poison {
                logger.warning(
                    "Message '\(message.id)' of '\(message.tenant)' failed \(message.dequeueCount) times "
                        + "and moved to '\(queue)-poison'."
                )
            }
        }
        if !isOurs {
            logger.warning(
                "Message '\(message.id)' of '\(message.tenant)' in '\(queue)' was changed by somebody else while it was "
                    + "handled, or its lease ran out; it may be handled twice."
            )
        }
    }

    /// Runs the handler and renews the lease while it runs.
    private func handle(
        _ message: QueueMessage,
        _ stored: Stored<QueueRecord>,
        _ consumer: QueueConsumer
    ) async -> (failure: String?, current: Stored<QueueRecord>) {
        await withTaskGroup(of: Delivery.self) { group in
            group.addTask { [handler] in .ended(failure: await handler(message)) }
            group.addTask { await .renewed(self.renew(stored, consumer)) }
            var failure: String?
            var current = stored
            while let delivery = await group.next() {
                switch delivery {
                case .ended(let reason):
                    failure = reason
                    group.cancelAll()
                case .renewed(let message):
                    current = message
                }
            }
            return (failure, current)
        }
    }

    /// Renews a lease until the task is cancelled or the message is no longer ours. A third of the lease lies between two
    /// attempts, so that one may fail.
    private nonisolated func renew(_ stored: Stored<QueueRecord>, _ consumer: QueueConsumer) async -> Stored<
        QueueRecord
    > {
        var current = stored
        while (try? await clock.sleep(for: policy.lease / 3)) != nil {
            do {
                guard let renewed = try await consumer.renew(current) else { break }
                current = renewed
            } catch {
                logger.warning("The lease of message '\(stored.id)' of '\(queue)' is not renewed: \(describe(error))")
            }
        }
        return current
    }

    private enum Delivery: Sendable {
        case ended(failure: String?)
        case renewed(Stored<QueueRecord>)
    }
}

/// Which tenants to look at, and when; the tenant that waits longest comes first.
struct QueueAgenda {
    private var due: [TenantName: Timestamp] = [:]

    /// When the next tenant is due; nil when none is.
    var earliest: Timestamp? { due.values.min() }

    /// Asks for a look at a tenant; of two wishes for one tenant, the earlier counts.
    mutating func add(_ tenant: TenantName, at moment: Timestamp) {
        due[tenant] = min(due[tenant] ?? moment, moment)
    }

    /// Takes the tenant that is due for longest.
    mutating func next(at now: Timestamp) -> TenantName? {
        guard let entry = due.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), entry.value <= now else {
            return nil
        }
        due[entry.key] = nil
        return entry.key
    }
}
