package import FunctionKit

/// How a timer stands, for listings and the admin API.
package struct TimerSnapshot: Sendable, Hashable {
    /// Which function, when and how.
    package var definition: TimerDefinition
    /// Which function.
    package var functionName: String { definition.functionName }
    /// When it is due; nil while it runs, when its schedule has ended, when it is disabled, before the service started, and
    /// while another host fires it.
    package var next: Timestamp?
    /// When its last run by the schedule began, in this process or one before; nil when that is not known.
    package var last: Timestamp?
    /// Its status; nil when it is not kept, or not known yet.
    package var status: TimerInfo.Status?
    /// Whether its status is kept.
    package var isMonitored: Bool
    /// True during a run, by the schedule or by hand.
    package var isRunning: Bool
    /// How the last run by the schedule in this process ended; nil before the first.
    package var lastResult: TimerRunResult?
    /// True when the host fires nothing more, because it is drained or stops.
    package var isOver = false
    /// How often the start of the timer was tried again without success; nil when it started, or waits for the lease.
    package var failedStarts: Int?
}

/// Who fires the timers.
package struct LeaseSnapshot: Sendable, Hashable {
    /// The host that holds the lease, as far as this one knows.
    package var owner: String?
    /// True when that is this host.
    package var isThisHost: Bool
    /// The lease's number; nil when this host does not hold it.
    package var fence: Int64?
    /// Until when this host may go by the lease unless it is renewed; nil for as long as it lives.
    package var expiresAt: Timestamp?
}

extension TimerService {
    /// How each timer stands, in the order of the definitions.
    package func snapshots() -> [TimerSnapshot] { timers.indices.map { snapshot(of: $0) } }

    /// How the timer of a function stands, whose name counts in any case; nil when there is none.
    package func snapshot(of functionName: String) -> TimerSnapshot? {
        number(of: functionName).map { snapshot(of: $0) }
    }

    /// Who fires the timers.
    package func leaseSnapshot() -> LeaseSnapshot {
        LeaseSnapshot(
            owner: lease.held == nil ? lease.otherOwner : lease.owner,
            isThisHost: lease.held != nil,
            fence: lease.held?.record.fence,
            expiresAt: lease.end?.wall
        )
    }

    /// One page of a timer's history, the newest entries first, up to this moment.
    ///
    /// - Parameters:
    ///   - functionName: which function, in any case.
    ///   - before: the number that the page before ended with; nil for the newest.
    ///   - limit: how many entries at the most.
    /// - Returns: nil when there is no such timer.
    package func history(
        of functionName: String,
        before: Int64?,
        limit: Int
    ) async throws -> (entries: [(number: Int64, entry: TimerHistoryEntry)], next: Int64?)? {
        guard let number = number(of: functionName) else { return nil }
        if before == nil {
            timers[number].account(at: clock.now)
            if lease.held != nil, timers[number].hasNews { await flush([number]) }
            await waitForSaves()
        }
        let page = try await store.history(of: timers[number].definition.functionName, before: before, limit: limit)
        return (page.entries.map { ($0.number, $0.entry) }, page.next)
    }

    /// The newest entry of a timer's history that is written; nil when there is none.
    func latestEntry(of functionName: String) async throws -> (number: Int64, entry: TimerHistoryEntry)? {
        try await store.history(of: functionName, before: nil, limit: 1).entries.first.map { ($0.number, $0.entry) }
    }

    private func number(of functionName: String) -> Int? {
        numbers[functionName]
            ?? timers.firstIndex { equalsIgnoringASCIICase($0.definition.functionName, functionName) }
    }

    private func snapshot(of number: Int) -> TimerSnapshot {
        let timer = timers[number]
        return TimerSnapshot(
            definition: timer.definition,
            next: timer.isArmed ? timer.status.next : nil,
            last: timer.status.last,
            status: timer.isMonitored && timer.status.lastUpdated < .never ? timer.status : nil,
            isMonitored: timer.isMonitored,
            isRunning: timer.isRunning,
            lastResult: timer.lastResult,
            isOver: timer.isOver,
            failedStarts: failing[number]
        )
    }
}
