package import FunctionKit

/// What became of an occurrence of a timer, or of several in a row.
package struct TimerHistoryEntry: Sendable, Hashable, Codable {
    /// How it ended.
    package enum Outcome: String, Sendable, Hashable, Codable {
        /// The function ran and returned normally.
        case succeeded
        /// The function ran and failed.
        case failed
        /// The function did not run.
        case skipped
    }

    /// Why the function ran, or did not.
    package enum Reason: String, Sendable, Hashable, Codable {
        /// It ran at its time.
        case scheduled
        /// It ran later, because no host ran at its time, or none held the lease.
        case pastDue = "past_due"
        /// It ran later, because the run before it went on, or because the host was late.
        case caughtUp = "caught_up"
        /// It ran because the host started.
        case runOnStartup = "run_on_startup"
        /// It ran because somebody asked for it.
        case manual

        /// The run before it went on.
        case overlap
        /// The host was late: the machine slept, or had too much to do.
        case late
        /// No host ran.
        case hostStopped = "host_stopped"
        /// No host held the lease of the timers.
        case noLease = "no_lease"
        /// The function was disabled.
        case disabled
        /// The schedule was edited meanwhile, so that the occurrence exists no more.
        case scheduleEdited = "schedule_edited"
        /// More were missed than are caught up; see ``TimerState/catchUpMax``.
        case catchUpLimit = "catch_up_limit"
    }

    /// The longest error text that is kept: 1,000 bytes.
    package static let errorBytesMax = 1000

    /// How it ended.
    package var outcome: Outcome
    /// Why.
    package var reason: Reason
    /// The occurrence, the first of several; when the run began if it served none.
    package var at: Timestamp
    /// The last occurrence of several; nil for one.
    package var until: Timestamp?
    /// How many occurrences this tells of; nil for one.
    package var count: Int?
    /// True when there were more than ``count``; nil otherwise.
    package var isAtLeast: Bool?
    /// When the run began, the first of several; nil when there was none.
    package var startedAt: Timestamp?
    /// How long the run took, the longest of several.
    package var durationMilliseconds: Int64?
    /// What went wrong.
    package var error: String?
    /// The invocation; nil for several.
    package var invocationID: String?
    /// Which host this was.
    package var host: String?

    /// Makes an entry for a run.
    init(_ result: TimerRunResult, _ reason: Reason, at: Timestamp, startedAt: Timestamp, duration: Duration) {
        outcome = result.succeeded ? .succeeded : .failed
        self.reason = reason
        self.at = at
        self.startedAt = startedAt
        durationMilliseconds = max(0, duration.wholeMilliseconds)
        error = result.failure.map { String(decoding: $0.utf8.prefix(Self.errorBytesMax), as: UTF8.self) }
        invocationID = result.invocationID
    }

    /// Makes an entry for occurrences that did not run.
    init(skipped missed: MissedOccurrences, _ reason: Reason) {
        outcome = .skipped
        self.reason = reason
        at = missed.first
        guard missed.count > 1 else { return }
        until = missed.last
        count = missed.count
        isAtLeast = missed.isAtLeast ? true : nil
    }

    private enum CodingKeys: String, CodingKey {
        case outcome, reason, at, until, count, error, host
        case isAtLeast = "at_least"
        case startedAt = "started_at"
        case durationMilliseconds = "duration_ms"
        case invocationID = "invocation_id"
    }
}

extension TimerHistoryEntry {
    /// True when one entry may tell of both: they ended alike, for the same reason and with the same words.
    func isLike(_ other: TimerHistoryEntry) -> Bool {
        outcome == other.outcome && reason == other.reason && error == other.error
    }

    /// Takes in an entry that is like this one and came later.
    mutating func merge(_ other: TimerHistoryEntry) {
        count = (count ?? 1) + (other.count ?? 1)
        until = max(until ?? at, other.until ?? other.at)
        if other.isAtLeast == true { isAtLeast = true }
        if let duration = other.durationMilliseconds { durationMilliseconds = max(durationMilliseconds ?? 0, duration) }
        invocationID = nil
    }
}
