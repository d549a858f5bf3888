import FoundationEssentials
package import FunctionKit

/// The progress and the history of the timers, in the collections `timers` and `timer_history` of the host's partition.
package struct TimerStore: Sendable {
    /// How many writes one batch has at the most; what does not fit waits for the next one.
    static let batchWritesMax = StoreLimits.batchWritesMax - 100

    static let timers = CollectionDefinition<TimerRecord>("timers")
    static let history = CollectionDefinition<TimerHistoryEntry>("timer_history")

    let tenant: TenantStore

    /// Keeps everything in `partition`, the host's own.
    package init(partition: TenantStore) { tenant = partition }

    /// The records of all timers that ever were; one that does not decode comes with its error.
    func load() async throws(StoreError) -> [String: Result<TimerRecord, StoreError>] {
        var records: [String: Result<TimerRecord, StoreError>] = [:]
        var cursor: String?
        repeat {
            let page = try await tenant.collection(Self.timers).storedPage(
                limit: StoreLimits.pageDocumentsMax,
                cursor: cursor
            )
            for document in page.documents { records[document.id.description] = Self.decode(document) }
            cursor = page.nextCursor
        } while cursor != nil
        return records
    }

    /// The record of one timer; nil when there is none.
    func record(of functionName: String) async throws -> TimerRecord? {
        try await tenant.collection(Self.timers).get(functionName)?.value
    }

    /// Writes what became of timers, if the fence still stands; all of it or nothing.
    ///
    /// - Parameters:
    ///   - fence: proves that this host still holds the lease.
    ///   - now: from when on history entries count their age: one may tell of occurrences that were missed long ago.
    /// - Throws: ``StoreError``, with `revisionMismatch` when another host has taken the lease over.
    func commit(_ writes: [TimerWrite], fence: TimerFence, at now: Timestamp) async throws(StoreError) {
        let partition = tenant.partition
        try await partition.declare(Self.timers.schema)
        try await partition.declare(Self.history.schema)
        var batch = WriteBatch([fence.condition])
        for write in writes { try Self.append(write, at: now, to: &batch) }
        _ = try await partition.commit(batch)
    }

    private static func append(_ write: TimerWrite, at now: Timestamp, to batch: inout WriteBatch) throws(StoreError) {
        let id = try DocumentID(write.functionName)
        batch.writes.append(.init(DocumentKey(timers.name, id), .upsert(.init(body: write.record.json))))
        for numbered in write.history.entries {
            let content = WriteBatch.Content(body: numbered.entry.json, expiresAt: now + TimerHistoryLimits.age)
            batch.writes.append(.init(try key(write.functionName, numbered.number), .upsert(content)))
        }
        for number in write.history.removed {
            batch.writes.append(.init(try key(write.functionName, number), .delete(expected: nil)))
        }
    }

    /// One page of a timer's history, the newest first.
    ///
    /// - Parameters:
    ///   - before: the number that the page before ended with; nil for the newest.
    ///   - limit: how many entries at the most.
    /// - Returns: the entries, and where the next page begins; nil on the last one.
    func history(
        of functionName: String,
        before: Int64?,
        limit: Int
    ) async throws -> (entries: [TimerHistoryBuffer.Numbered], next: Int64?) {
        guard let record = try await record(of: functionName) else { return ([], nil) }
        let first = record.historyFirst ?? 1
        var number = min(before ?? .max, record.historyNext ?? 1)
        var entries: [TimerHistoryBuffer.Numbered] = []
        while number > first, entries.count < limit {
            number -= 1
            guard let document = try await tenant.partition.get(Self.key(functionName, number)),
                case .success(let entry) = Self.decode(document) as Result<TimerHistoryEntry, StoreError>
            else { continue }
            entries.append(.init(number: number, entry: entry))
        }
        return (entries, number > first ? number : nil)
    }

    private static func key(_ functionName: String, _ number: Int64) throws(StoreError) -> DocumentKey {
        // Twelve digits sort as the numbers do for thirty thousand years of one entry a second.
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, 12 - digits.utf8.count))
        return DocumentKey(history.name, try DocumentID("\(functionName)/\(zeros)\(digits)"))
    }

    private static func decode<Value: Codable & Sendable>(_ document: StoredDocument) -> Result<Value, StoreError> {
        do throws(StoreError) {
            return .success(try Stored<Value>(document).value)
        } catch {
            return .failure(error)
        }
    }

    /// A document's JSON.
    static func body(_ value: some Encodable) throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            throw StoreError(.invalidDocument, "A timer's record cannot be written as JSON: \(error)")
        }
    }
}
