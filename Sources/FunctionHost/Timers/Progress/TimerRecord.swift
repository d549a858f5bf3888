import FunctionKit

/// What the store keeps of one timer, under its function's name: its status, and how far its history goes.
struct TimerRecord: Sendable, Hashable, Codable {
    /// When the function last ran; nil when it never did.
    var last: Timestamp?
    /// The next occurrence; nil for a timer whose progress is not kept.
    var next: Timestamp?
    /// When the status was written; nil with ``next``.
    var lastUpdated: Timestamp?
    /// Up to when the history tells of every occurrence, where that does not follow from the status.
    var accounted: Timestamp?
    /// True when the function was disabled when this was written.
    var isDisabled: Bool?
    /// The number of the oldest history entry that may be there.
    var historyFirst: Int64?
    /// The number of the next history entry.
    var historyNext: Int64?

    /// The status; nil for a timer whose progress is not kept.
    var status: TimerInfo.Status? {
        get {
            guard let next, let lastUpdated else { return nil }
            return .init(last: last, next: next, lastUpdated: lastUpdated)
        }
        set {
            last = newValue?.last
            next = newValue?.next
            lastUpdated = newValue?.lastUpdated
        }
    }

    private enum CodingKeys: String, CodingKey {
        case last
        case next
        case lastUpdated = "last_updated"
        case accounted
        case isDisabled = "is_disabled"
        case historyFirst = "history_first"
        case historyNext = "history_next"
    }
}

/// What is to be written of one timer, in one batch.
struct TimerWrite: Sendable, Hashable {
    var functionName: String
    var record: TimerRecord
    var history: TimerHistoryBuffer.Change
    /// True when a run has ended and its turn waits for this.
    var followsRun = false

    /// How many writes of the batch this takes.
    var writeCount: Int { 1 + history.entries.count + history.removed.count }
}
