package import FunctionKit

/// An entry of a timer's history as the admin API shows it.
package struct TimerHistoryView: Codable, Sendable {
    /// Its number: greater is newer.
    package var number: Int64
    /// How it ended.
    package var outcome: TimerHistoryEntry.Outcome
    /// Why it ran, or did not.
    package var reason: TimerHistoryEntry.Reason
    /// The occurrence, the first of several; when the run began if it served none.
    package var at: Timestamp
    /// The last occurrence of several.
    package var until: Timestamp?
    /// How many occurrences.
    package var count: Int
    /// True when there were more.
    package var isAtLeast: Bool?
    /// When the run began.
    package var startedAt: Timestamp?
    /// How long it took, the longest of several.
    package var durationMilliseconds: Int64?
    /// What went wrong.
    package var error: String?
    /// The invocation.
    package var invocationID: String?
    /// The host that wrote it.
    package var host: String?

    init(number: Int64, entry: TimerHistoryEntry) {
        self.number = number
        outcome = entry.outcome
        reason = entry.reason
        at = entry.at
        until = entry.until
        count = entry.count ?? 1
        isAtLeast = entry.isAtLeast
        startedAt = entry.startedAt
        durationMilliseconds = entry.durationMilliseconds
        error = entry.error
        invocationID = entry.invocationID
        host = entry.host
    }

    private enum CodingKeys: String, CodingKey {
        case number, outcome, reason, at, until, count, error, host
        case isAtLeast = "at_least"
        case startedAt = "started_at"
        case durationMilliseconds = "duration_ms"
        case invocationID = "invocation_id"
    }
}

/// The answer of `GET /admin/timers/{name}/history`.
package struct TimerHistoryPage: Codable, Sendable {
    /// The function's name.
    package var name: String
    /// The entries, the newest first.
    package var entries: [TimerHistoryView]
    /// Where the next page begins; nil on the last one.
    package var nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case name, entries
        case nextCursor = "next_cursor"
    }
}
