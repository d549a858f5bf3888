package import FunctionKit

/// Changes the queues of a tenant by hand, for the admin API: sends, removes and empties.
package struct QueueEditor: Sendable {
    /// How many messages one batch removes.
    private static let removedPerBatch = 500

    private let tenant: TenantStore
    private let queue: QueueName

    /// Makes an editor of one queue.
    ///
    /// - Throws: ``StoreError`` with `invalidName` for the host's own partition, whose queues nobody listens to.
    package init(_ queue: QueueName, of tenant: TenantName, in store: Store) throws(StoreError) {
        guard tenant != .host else {
            throw StoreError(.invalidName, "'_host' is the host's own and has no queues. Name a tenant.")
        }
        self.tenant = store.tenant(tenant)
        self.queue = queue
    }

    private var messages: DocumentCollection<QueueRecord> { tenant.collection(.queues) }

    /// Puts a text into the queue; returns the message's id.
    package func send(_ text: String, after delay: Duration = .zero, timeToLive: Duration? = nil) async throws -> String
    {
        try await tenant.enqueue(text: text, to: queue, after: delay, timeToLive: timeToLive)
    }

    /// The message of an id; nil when none is in the queue.
    package func message(_ id: String) async throws -> StoredDocument? {
        guard let id = try? DocumentID(id) else { return nil }
        let key = DocumentKey(CollectionDefinition.queues.name, id)
        guard let document = try await tenant.partition.get(key), isInQueue(document) else { return nil }
        return document
    }

    /// Removes a message; false when none of this id is in the queue. A function that handles it goes on.
    package func remove(_ id: String) async throws -> Bool {
        for _ in 0..<StoreLimits.attemptsMax {
            guard let document = try await message(id) else { return false }
            do {
                try await messages.delete(id, expecting: document.revision)
                return true
            } catch let error as StoreError where error.code == .revisionMismatch || error.code == .notFound {
                continue
            }
        }
        throw StoreError(.conflict, "Message '\(id)' of '\(queue)' is changed by others all the time. Try again.")
    }

    /// Removes every message that is in the queue when its turn comes; returns how many. What is enqueued meanwhile may stay.
    package func purge() async throws -> Int {
        var count = 0
        while true {
            let page = try await messages.storedPage(
                index: "by_visibility",
                equals: [.text(queue.description)],
                limit: Self.removedPerBatch
            )
            guard !page.documents.isEmpty else { return count }
            do throws(StoreError) {
                _ = try await tenant.partition.commit(
                    WriteBatch(
                        page.documents.map { document in
                            let key = DocumentKey(CollectionDefinition.queues.name, document.id)
                            return .init(key, .delete(expected: document.revision))
                        }
                    )
                )
                count += page.documents.count
            } catch {
                // A message was handled or has failed meanwhile; what is there now is looked at again.
                guard error.code == .revisionMismatch || error.code == .notFound else { throw error }
            }
        }
    }

    private func isInQueue(_ document: StoredDocument) -> Bool {
        QueueNameOnly(document)?.queue == queue.description
    }
}
