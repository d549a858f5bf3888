package import FunctionKit

/// The progress of the timer functions, one document each in the collection `timers` of the host's partition.
package struct TimerStatusStore: Sendable {
    typealias Entry = (functionName: String, status: TimerInfo.Status)

    /// The most statuses in one batch of writes.
    private static let batchMax = 500

    private static let timers = CollectionDefinition<TimerInfo.Status>("timers")

    private let partition: TenantStore

    /// Keeps the statuses in `partition`, the host's own.
    package init(partition: TenantStore) { self.partition = partition }

    /// The status of a function; nil when it never had one.
    func load(_ functionName: String) async throws -> TimerInfo.Status? {
        try await partition.collection(Self.timers).get(functionName)?.value
    }

    /// Writes one status.
    func save(_ status: TimerInfo.Status, of functionName: String) async throws {
        try await partition.collection(Self.timers).upsert(status, id: functionName)
    }

    /// Writes many statuses, as the first start of an app with many timers does, in few commits.
    func save(_ statuses: [Entry]) async throws {
        for start in stride(from: 0, to: statuses.count, by: Self.batchMax) {
            let batch = statuses[start..<min(start + Self.batchMax, statuses.count)]
            try await partition.transaction { transaction in
                for (functionName, status) in batch {
                    try transaction.upsert(status, id: functionName, in: Self.timers)
                }
            }
        }
    }
}
