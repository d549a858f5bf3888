import FunctionKit

/// One round at one tenant's queue: settles what has ended and takes what waits, in one batch.
struct QueueRound: Sendable {
    let tenant: TenantStore
    let queue: QueueName
    let policy: QueuePolicy
    let owner: QueueOwner
    /// True when no other process can have opened the store.
    let ownsStore: Bool
    let clock: any AppClock

    /// How often a batch is put together again after somebody else has written to the queue.
    private static let attemptsMax = 8

    /// Does the round; what the store refuses is in the report.
    func perform(_ order: QueueOrder) async -> QueueReport {
        var report = QueueReport(memory: order.memory)
        var endings = order.endings
        var failure = StoreError(.conflict, "Others write to the queue '\(queue)' of '\(tenant.name)' all the time.")
        var isLean = false
        for attempt in 0..<Self.attemptsMax {
            do {
                if !report.memory.isRead { try await readLedger(&report, &endings, isFirst: attempt == 0) }
                try await recover(&report)
                var plan = QueuePlan(memory: report.memory, endings: endings)
                plan.mustWriteLedger = !report.lost.isEmpty
                if order.room > 0 { try await search(order.room, ahead: order.ahead, &plan) }
                try await commit(&plan, isLean: isLean)
                report.take(plan)
                return report
            } catch let error as StoreError {
                failure = error
                switch error.code {
                case .quotaExceeded where !isLean: isLean = true
                case .revisionMismatch, .notFound, .alreadyExists:
                    report.memory.isRead = false
                    do {
                        try await dropLost(&endings, &report)
                    } catch {
                        return report.failed(error, endings)
                    }
                default: return report.failed(error, endings)
                }
            } catch {
                return report.failed(StoreError(.invalidDocument, describe(error)), endings)
            }
        }
        return report.failed(failure, endings)
    }

    private var messages: DocumentCollection<QueueRecord> { tenant.collection(.queues) }

    private var ledgerKey: DocumentKey {
        get throws(StoreError) { DocumentKey(QueueLedger.collection.name, try DocumentID(queue.description)) }
    }

    /// Reads who holds what. Messages that this listener held and that somebody else has taken over are lost.
    private func readLedger(
        _ report: inout QueueReport,
        _ endings: inout [QueueEnding],
        isFirst: Bool
    ) async throws {
        let stored = try await tenant.partition.get(try ledgerKey)
        // A ledger that does not decode was written by nobody who can hold a message.
        let ledger = try? stored.map { document throws(StoreError) in try Stored<QueueLedger>(document).value }
        report.memory.isRead = true
        report.memory.revision = stored?.revision
        report.memory.others = ledger?.holders.filter { $0.owner != owner } ?? []
        guard !ownsStore, !report.memory.mine.isEmpty else { return }
        let kept = ledger?.holders.first { $0.owner == owner }?.messages ?? []
        report.memory.mine.formIntersection(kept)
        let lost = endings.filter { !report.memory.mine.contains($0.delivery.id) }
        endings.removeAll { ending in lost.contains { $0.delivery.id == ending.delivery.id } }
        report.lost += lost
    }

    /// After a conflict: leaves out the messages that are not any more what they were when they were taken.
    private func dropLost(_ endings: inout [QueueEnding], _ report: inout QueueReport) async throws(StoreError) {
        var kept: [QueueEnding] = []
        for ending in endings {
            let key = DocumentKey(CollectionDefinition.queues.name, try DocumentID(ending.delivery.id))
            let stored = try await tenant.partition.get(key)
            if stored?.revision == ending.delivery.stored.revision {
                kept.append(ending)
            } else if stored == nil, case .delete = ending.disposition {
                // It expired or was removed by hand, and nobody else will deliver it: what the function left behind counts.
                var ending = ending
                ending.disposition = .release
                kept.append(ending)
            } else {
                report.lost.append(ending)
                report.memory.mine.remove(ending.delivery.id)
            }
        }
        endings = kept
    }

    /// Counts a failed delivery for every message that a host handled when it ended, and frees it.
    private func recover(_ report: inout QueueReport) async throws {
        while true {
            let holders = QueueLedger(holders: report.memory.others)
                .abandoned(by: owner, ownsStore: ownsStore, at: clock.now)
            guard let holder = holders.first else { return }
            let ids = holder.messages.prefix(Self.recoveredAtOnceMax)
            var plan = QueuePlan(memory: report.memory, endings: [])
            for id in ids { if let ending = try await abandoned(id) { plan.endings.append(ending) } }
            plan.memory.others.removeAll { $0.owner == holder.owner }
            if holder.messages.count > ids.count {
                var rest = holder
                rest.messages.removeFirst(ids.count)
                plan.memory.others.append(rest)
            }
            plan.mustWriteLedger = true
            try await commit(&plan, isLean: false)
            report.memory = plan.memory
            report.recovered += plan.endings
        }
    }

    private static let recoveredAtOnceMax = 200

    private func abandoned(_ id: String) async throws -> QueueEnding? {
        let key = DocumentKey(CollectionDefinition.queues.name, try DocumentID(id))
        guard let document = try await tenant.partition.get(key), let stored = try? Stored<QueueRecord>(document),
            stored.queue == queue.description
        else { return nil }
        return QueueEnding(
            delivery: QueueDelivery(stored: stored, leasedUntil: clock.now),
            disposition: policy.disposition(succeeded: false, dequeueCount: stored.dequeueCount + 1, in: queue),
            error: "The host ended while the message was handled."
        )
    }
}

extension QueueReport {
    /// A round that the store did not let happen.
    func failed(_ error: StoreError, _ endings: [QueueEnding]) -> QueueReport {
        var report = self
        report.memory.isRead = false
        report.failure = error
        report.unsettled = endings
        return report
    }

    fileprivate mutating func take(_ plan: QueuePlan) {
        memory = plan.memory
        taken = plan.taken
        settled = plan.endings
        // What another listener of this process holds may become free.
        nextVisible = (memory.others.map(\.until) + [plan.nextVisible].compactMap { $0 }).min()
        hasMore = plan.hasMore
        // What goes back is found again from the beginning.
        if plan.endings.contains(where: { $0.disposition == .release }) {
            memory.cursor = nil
            hasMore = true
        }
    }
}
