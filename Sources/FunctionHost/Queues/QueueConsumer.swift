package import FunctionKit

/// Takes messages of one queue out of one tenant's store and puts back what becomes of them.
///
/// Every step is one conditional write on the message's document, so a message has one owner at a time, and a step of an
/// owner whose lease ran out changes nothing.
package struct QueueConsumer: Sendable {
    /// The longest error text that is kept with a message: 1,000 bytes.
    package static let errorBytesMax = 1000

    let tenant: TenantStore
    let queue: QueueName
    let policy: QueuePolicy
    let clock: any AppClock

    /// Makes a consumer.
    package init(tenant: TenantStore, queue: QueueName, policy: QueuePolicy, clock: any AppClock) {
        self.tenant = tenant
        self.queue = queue
        self.policy = policy
        self.clock = clock
    }

    private var messages: DocumentCollection<QueueRecord> { tenant.collection(.queues) }

    /// Leases up to `count` visible messages, oldest first. A document that is no message moves to the poison queue, so that
    /// it holds up nobody.
    ///
    /// - Returns: the leased messages, and when the next one becomes visible if fewer than `count` were.
    /// - Throws: when the store fails before anything is leased; what was leased by then is handed out.
    package func receive(upTo count: Int) async throws -> (leased: [Stored<QueueRecord>], nextVisible: Timestamp?) {
        let page = try await messages.storedPage(
            index: "by_visibility",
            equals: [.text(queue.description)],
            limit: min(count + 1, 100)
        )
        var leased: [Stored<QueueRecord>] = []
        for document in page.documents {
            do {
                guard let message = try await message(of: document) else { continue }
                guard leased.count < count, message.visibleAt <= clock.now else {
                    return (leased, message.visibleAt)
                }
                var record = message.value
                record.dequeueCount += 1
                record.visibleAt = clock.now + policy.lease
                if let message = try await write(record, over: message) { leased.append(message) }
            } catch {
                guard !leased.isEmpty else { throw error }
                return (leased, clock.now)
            }
        }
        return (leased, nil)
    }

    /// Decodes a message; one that does not decode moves to the poison queue with its text as the payload.
    private func message(of document: StoredDocument) async throws -> Stored<QueueRecord>? {
        do throws(StoreError) {
            return try Stored(document)
        } catch {
            var record = QueueRecord(
                queue: try queue.poison,
                payload: String(decoding: document.body, as: UTF8.self),
                visibleAt: clock.now
            )
            record.originalQueue = queue.description
            record.lastError = Self.errorText("It is no queue message: \(error.message)")
            let stored = Stored(
                id: document.id.description,
                revision: document.revision,
                createdAt: document.createdAt,
                updatedAt: document.updatedAt,
                expiresAt: document.expiresAt,
                value: record
            )
            _ = try await write(record, over: stored)
            return nil
        }
    }

    /// Gives a message back that was leased and not worked on, or whose work the host broke off: it is visible at once, and
    /// the delivery does not count.
    ///
    /// - Returns: false when the message was no longer ours and nothing was changed.
    @discardableResult
    package func release(_ message: Stored<QueueRecord>) async throws -> Bool {
        var record = message.value
        record.dequeueCount = max(record.dequeueCount - 1, 0)
        record.visibleAt = clock.now
        return try await write(record, over: message) != nil
    }

    /// Extends the lease of a message; nil when it is no longer ours.
    package func renew(_ message: Stored<QueueRecord>) async throws -> Stored<QueueRecord>? {
        var record = message.value
        record.visibleAt = clock.now + policy.lease
        return try await write(record, over: message)
    }

    /// Puts into effect what becomes of a message after its delivery.
    ///
    /// - Returns: false when the message was no longer ours and nothing was changed.
    @discardableResult
    package func settle(
        _ message: Stored<QueueRecord>,
        _ disposition: QueueDisposition,
        error: String?
    ) async throws -> Bool {
        var record = message.value
        record.lastError = error.map(Self.errorText)
        switch disposition {
        case .delete:
            do {
                try await messages.delete(message.id, expecting: message.revision)
                return true
            } catch let error as StoreError where error.code == .revisionMismatch || error.code == .notFound {
                return false
            }
        case .retry(let delay):
            record.visibleAt = clock.now + delay
        case .poison:
            record.originalQueue = record.queue
            record.queue = try queue.poison.description
            record.visibleAt = clock.now
        }
        return try await write(record, over: message) != nil
    }

    private static func errorText(_ text: String) -> String {
        String(decoding: text.utf8.prefix(errorBytesMax), as: UTF8.self)
    }

    private func write(_ record: QueueRecord, over message: Stored<QueueRecord>) async throws -> Stored<QueueRecord>? {
        do {
            return try await messages.replace(message, with: record)
        } catch let error as StoreError where error.code == .revisionMismatch || error.code == .notFound {
            return nil
        }
    }
}
