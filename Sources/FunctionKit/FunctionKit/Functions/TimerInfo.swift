/// What a timer function learns of the occurrence that fired it.
public struct TimerInfo: Sendable, Hashable {
    /// The stored progress of a schedule, as it was before this run.
    public struct Status: Sendable, Hashable, Codable {
        /// When the function last ran; nil when it never did.
        public var last: Timestamp?
        /// The next occurrence; during a run, the one being served.
        public var next: Timestamp
        /// When this status was written.
        public var lastUpdated: Timestamp

        /// Makes a status.
        public init(last: Timestamp?, next: Timestamp, lastUpdated: Timestamp) {
            self.last = last
            self.next = next
            self.lastUpdated = lastUpdated
        }

        private enum CodingKeys: String, CodingKey {
            case last
            case next
            case lastUpdated = "last_updated"
        }
    }

    /// True when the occurrence was missed while no host ran and is being caught up now.
    public var isPastDue: Bool
    /// The stored progress; nil for a schedule that is not monitored (periods under a minute, or `useMonitor: false`).
    public var status: Status?
    /// True for calendar schedules, false for constant periods, as Azure's `Schedule.AdjustForDST`.
    public var adjustsForDST: Bool

    /// Makes the value that a timer function receives.
    public init(isPastDue: Bool = false, status: Status? = nil, adjustsForDST: Bool = true) {
        self.isPastDue = isPastDue
        self.status = status
        self.adjustsForDST = adjustsForDST
    }
}
