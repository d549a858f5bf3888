import FunctionKit

/// A round's batch while it is put together.
struct QueuePlan {
    var memory: QueueMemory
    var endings: [QueueEnding]
    var taken: [QueueDelivery] = []
    /// Documents of the queue that are no messages.
    var foreign: [QueueEnding] = []
    var nextVisible: Timestamp?
    var hasMore = false
    /// Whether the ledger has to be written even if nothing has ended and nothing was taken.
    var mustWriteLedger = false
}

extension QueueRound {
    /// How many documents that are no messages one batch puts aside, with those of one page more; a batch has its own bound.
    static let foreignMax = 100

    /// Looks for up to `room` messages that are visible and that nobody holds, the oldest first, and for up to `ahead` more.
    ///
    /// Next to a message that has failed before, nothing is taken ahead: should it bring the host down again, it counts
    /// as a failure of all that the host held.
    func search(_ room: Int, ahead: Int, _ plan: inout QueuePlan) async throws(StoreError) {
        let now = clock.now
        if plan.memory.rescanAt.map({ $0 <= now }) ?? true { plan.memory.cursor = nil }
        if plan.memory.cursor == nil { plan.memory.rescanAt = now + QueueMemory.scanTime }
        let until = now + policy.lease
        try await tenant.partition.declare(CollectionDefinition.queues.schema)
        var query = StoreQuery(
            collection: CollectionDefinition.queues.name,
            index: "by_visibility",
            equals: [.text(queue.description)]
        )
        query.omitted = plan.memory.mine.versions
        var most = room + ahead
        var bytes = 0
        while plan.taken.count < most {
            query.limit = min(most - plan.taken.count, StoreLimits.pageDocumentsMax)
            query.cursor = plan.memory.cursor
            let page = try await tenant.partition.query(query)
            // What is left is found again from the beginning, where these are gone.
            guard plan.foreign.count < Self.foreignMax else {
                plan.memory.cursor = nil
                break
            }
            // A message whose time of visibility has changed meanwhile may stand on two pages.
            let seen = Set(plan.taken.map(\.id))
            for document in page.documents {
                let id = document.id.description
                guard !plan.memory.isHeld(id), !seen.contains(id) else { continue }
                guard let stored = Stored(message: document) else {
                    plan.foreign.append(foreign(document, now))
                    continue
                }
                guard stored.visibleAt <= now else {
                    plan.nextVisible = stored.visibleAt
                    plan.memory.cursor = nil
                    return
                }
                bytes += stored.payload.utf8.count
                if stored.dequeueCount > 0 || bytes > TakeAhead.bytesMax { most = room }
                guard plan.taken.count < most else {
                    plan.hasMore = true
                    return
                }
                plan.taken.append(QueueDelivery(stored: stored, leasedUntil: until))
            }
            plan.memory.cursor = page.nextCursor
            guard page.nextCursor != nil else { return }
        }
        plan.hasMore = true
    }

    /// A document that is no message moves to the poison queue with its text as the payload, so that it holds up nobody.
    private func foreign(_ document: StoredDocument, _ now: Timestamp) -> QueueEnding {
        var record = QueueRecord(
            queue: queue,
            payload: String(decoding: document.body, as: UTF8.self),
            visibleAt: now
        )
        record.dequeueCount = -1
        var reason = ""
        do throws(StoreError) { _ = try Stored<QueueRecord>(document) } catch { reason = error.message }
        let stored = Stored(
            id: document.id.description,
            revision: document.revision,
            createdAt: document.createdAt,
            updatedAt: document.updatedAt,
            expiresAt: document.expiresAt,
            value: record
        )
        return QueueEnding(
            delivery: QueueDelivery(stored: stored, leasedUntil: now),
            disposition: queue.isPoison ? .retry(after: policy.retryDelayMax) : .poison,
            error: "It is no queue message: \(reason)"
        )
    }

    /// Commits what has ended, what was taken and the ledger, together; nothing when nothing changes.
    ///
    /// - Parameter isLean: true when the tenant may not grow. Then what has outputs fails, errors are not kept, and what is
    ///   taken is held in memory alone, which is enough while nobody else can open the store.
    func commit(_ plan: inout QueuePlan, isLean: Bool) async throws {
        let now = clock.now
        if isLean {
            for index in plan.endings.indices where !plan.endings[index].outputs.isEmpty { fail(&plan.endings[index]) }
            if !ownsStore { plan.taken = [] }
        }
        var batch = WriteBatch()
        batch.writes.reserveCapacity(plan.endings.count + plan.foreign.count + 1)
        for ending in plan.endings { try append(ending, at: now, isLean: isLean, to: &batch) }
        for ending in plan.foreign { try append(ending, at: now, isLean: isLean, to: &batch) }
        for ending in plan.endings { plan.memory.mine.remove(ending.delivery.id) }
        plan.memory.mine.insert(plan.taken)
        var ledger: WriteBatch.Write?
        if plan.mustWriteLedger || !plan.endings.isEmpty || !plan.taken.isEmpty || mustRenew(plan.memory, at: now) {
            plan.memory.until = now + policy.lease
            ledger = try ledgerWrite(plan.memory, isLean: isLean)
        }
        if let ledger { batch.writes.append(ledger) }
        guard !batch.writes.isEmpty else { return }
        try await tenant.partition.declare(CollectionDefinition.queues.schema)
        let receipt = try await tenant.partition.commit(batch)
        switch ledger?.operation {
        case .delete: plan.memory.revision = nil
        case .none: break
        default: plan.memory.revision = receipt.revision
        }
    }

    private func append(_ ending: QueueEnding, at now: Timestamp, isLean: Bool, to batch: inout WriteBatch) throws {
        if let write = try ending.write(in: queue, policy, at: now, isLean: isLean) { batch.writes.append(write) }
        if !ending.outputs.isEmpty { batch.writes += ending.outputs }
    }

    private func mustRenew(_ memory: QueueMemory, at now: Timestamp) -> Bool {
        !memory.mine.isEmpty && memory.renewAt(policy).map { $0 <= now } ?? true
    }

    /// The write that brings the ledger to what is remembered; nil when there is none and none is needed.
    private func ledgerWrite(_ memory: QueueMemory, isLean: Bool) throws -> WriteBatch.Write? {
        let key = DocumentKey(QueueLedger.collection.name, try DocumentID(queue.description))
        var ledger = QueueLedger(holders: memory.others)
        if !memory.mine.isEmpty, let until = memory.until, !isLean {
            ledger.holders.append(.init(owner: owner, until: until, messages: memory.mine.ids))
        }
        guard !ledger.holders.isEmpty else {
            return memory.revision.map { .init(key, .delete(expected: $0)) }
        }
        let content = WriteBatch.Content(body: ledger.body)
        return .init(key, memory.revision.map { .replace(content, expected: $0) } ?? .create(content))
    }

    private func fail(_ ending: inout QueueEnding) {
        ending.outputs = []
        ending.error = "The outputs cannot be committed: the tenant is as large as it may be."
        ending.disposition = policy.disposition(
            succeeded: false,
            dequeueCount: ending.delivery.dequeueCount,
            in: queue
        )
    }
}

extension Stored where Document == QueueRecord {
    /// Decodes a message; nil for a document that is none.
    init?(message document: StoredDocument) {
        guard let record = QueueRecord(body: document.body) else {
            guard let stored = try? Stored<QueueRecord>(document) else { return nil }
            self = stored
            return
        }
        self.init(document, value: record)
    }
}
