package import FunctionKit

/// A timer as the admin API shows it.
package struct TimerView: Codable, Sendable {
    /// How a timer stands.
    package enum State: String, Codable, Sendable {
        /// It waits for its next occurrence.
        case waiting
        /// It runs.
        case running
        /// Its setting disables it.
        case disabled
        /// Its schedule has no occurrence any more.
        case ended
        /// Another host fires it.
        case standby
        /// It could not start, and is tried again.
        case failing
        /// The host is drained: no host fires it, unless another one takes over.
        case drained
    }

    /// The status in the real host's form: .NET's round-trip times with the zone's offset.
    package struct Status: Codable, Sendable, Hashable {
        package var last: String
        package var next: String
        package var lastUpdated: String

        private enum CodingKeys: String, CodingKey {
            case last = "Last"
            case next = "Next"
            case lastUpdated = "LastUpdated"
        }

        /// Writes a status on a zone's wall clock.
        init(_ status: TimerInfo.Status, zone: TimeZoneRules) {
            let text = ZonedTimeText(zone: zone)
            last = status.last.map { text.roundTrip($0) } ?? text.never(besides: status.next)
            next = text.roundTrip(status.next)
            lastUpdated = text.roundTrip(status.lastUpdated)
        }
    }

    /// The function's name.
    package var name: String
    /// `Cron: '0 */5 * * * *'` in canonical numbers, or `Constant: 00:05:00`.
    package var schedule: String
    /// How it stands.
    package var state: State
    /// What becomes of missed occurrences.
    package var missed: MissedRunPolicy
    /// Whether it runs when the host starts.
    package var runOnStartup: Bool
    /// Whether its progress is kept.
    package var isMonitored: Bool
    /// When it is due.
    package var next: Timestamp?
    /// When its last run by the schedule began.
    package var last: Timestamp?
    /// The newest entry of its history.
    package var latest: TimerHistoryView?
    /// Its status; nil when it is not kept.
    package var status: Status?

    init(
        _ timer: TimerSnapshot,
        latest: (number: Int64, entry: TimerHistoryEntry)?,
        zone: TimeZoneRules,
        isThisHost: Bool = true
    ) {
        name = timer.functionName
        schedule = timer.definition.schedule.description
        missed = timer.definition.missed
        runOnStartup = timer.definition.runOnStartup
        isMonitored = timer.isMonitored
        next = timer.next
        last = timer.last
        self.latest = latest.map { TimerHistoryView(number: $0.number, entry: $0.entry) }
        status = timer.status.map { Status($0, zone: zone) }
        state =
            if timer.isRunning {
                .running
            } else if timer.definition.isDisabled {
                .disabled
            } else if timer.isOver {
                .drained
            } else if timer.failedStarts != nil {
                .failing
            } else if timer.next != nil {
                .waiting
            } else {
                isThisHost ? .ended : .standby
            }
    }

    private enum CodingKeys: String, CodingKey {
        case name, schedule, state, missed, next, last, latest, status
        case runOnStartup = "run_on_startup"
        case isMonitored = "is_monitored"
    }
}

/// The answer of `GET /admin/timers`.
package struct TimerOverview: Codable, Sendable {
    /// Who fires the timers.
    package struct Lease: Codable, Sendable {
        /// The host that does; nil when nobody is known to.
        package var owner: String?
        /// True when that is the host that answers.
        package var isThisHost: Bool
        /// The lease's number, which grows with each change of hands.
        package var fence: Int64?
        /// Until when it counts unless it is renewed; nil where no other host can reach the store.
        package var expiresAt: Timestamp?

        private enum CodingKeys: String, CodingKey {
            case owner, fence
            case isThisHost = "is_this_host"
            case expiresAt = "expires_at"
        }
    }

    /// The timers, by name.
    package var timers: [TimerView]
    /// Who fires them.
    package var lease: Lease
    /// Where the next page begins; nil on the last one.
    package var nextCursor: String?

    /// Tells of `limit` timers behind the name that a page before ended with.
    init(_ service: TimerService, limit: Int, after cursor: String?) async throws {
        let lease = await service.leaseSnapshot()
        self.lease = Lease(
            owner: lease.owner,
            isThisHost: lease.isThisHost,
            fence: lease.fence,
            expiresAt: lease.expiresAt
        )
        let all = await service.snapshots().filter { timer in cursor.map { timer.functionName > $0 } ?? true }
            .sorted { $0.functionName < $1.functionName }
        timers = []
        for timer in all.prefix(limit) {
            let latest = try await service.latestEntry(of: timer.functionName)
            timers.append(TimerView(timer, latest: latest, zone: service.zone, isThisHost: lease.isThisHost))
        }
        nextCursor = all.count > limit ? all[limit - 1].functionName : nil
    }

    private enum CodingKeys: String, CodingKey {
        case timers, lease
        case nextCursor = "next_cursor"
    }
}
