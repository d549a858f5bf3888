public import FunctionKit

/// A support ticket of a client.
public struct Ticket: Codable, Sendable, Hashable {
    /// The tenant's running number.
    public var number: TicketNumber?
    /// The company that it belongs to.
    public var companyID: String
    /// The user who opened it; nil for one that a technician opened for nobody we know.
    public var userID: String?
    /// The contact in the PSA for whom a technician opened it; the user of that contact sees it from the first sign-in on.
    public var psaContactID: String?
    /// What it is about.
    public var subject: String
    /// What happened.
    public var description: String
    /// How far it is.
    public var status: Status
    /// How urgent it is.
    public var priority: Priority
    /// Who works on it, as the PSA names them.
    public var assignee: String?
    /// Where it was opened.
    public var origin: RecordOrigin
    /// Its id in the PSA; nil until the PSA has it.
    public var psaTicketID: String?
    /// Its number in the PSA.
    public var psaNumber: String?
    /// When the PSA last changed it, as far as we know; older news does not replace newer.
    public var psaUpdatedAt: Timestamp?
    /// Whether the PSA has it.
    public var sync: RecordSync

    /// Makes a ticket that a user opens in the portal.
    public init(
        number: TicketNumber?,
        companyID: String,
        userID: String?,
        subject: String,
        description: String,
        priority: Priority = .normal,
        origin: RecordOrigin = .portal
    ) {
        self.number = number
        self.companyID = companyID
        self.userID = userID
        self.subject = subject
        self.description = description
        self.status = .new
        self.priority = priority
        self.origin = origin
        self.sync = .pending
    }

    /// How far a ticket is. A text that is none of these comes from the PSA, is kept as it came, and shown.
    public struct Status: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a status from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Nobody has looked at it.
        public static let new = Status(rawValue: "new")
        /// Accepted.
        public static let open = Status(rawValue: "open")
        /// Somebody works on it.
        public static let inProgress = Status(rawValue: "in_progress")
        /// Waits for somebody.
        public static let waiting = Status(rawValue: "waiting")
        /// Solved.
        public static let resolved = Status(rawValue: "resolved")
        /// Done with.
        public static let closed = Status(rawValue: "closed")
    }

    /// How urgent a ticket is. As with ``Status``, the PSA may send others.
    public struct Priority: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a priority from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// When there is time.
        public static let low = Priority(rawValue: "low")
        /// The usual.
        public static let normal = Priority(rawValue: "normal")
        /// Soon.
        public static let high = Priority(rawValue: "high")
        /// Now.
        public static let urgent = Priority(rawValue: "urgent")
        /// Those that a user may choose.
        public static let choices = [low, normal, high, urgent]
    }
}

/// Where a ticket or comment was written.
public struct RecordOrigin: RawRepresentable, Codable, Sendable, Hashable {
    /// The text in the document.
    public let rawValue: String
    /// Makes an origin from its text.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// In the portal, by a client.
    public static let portal = RecordOrigin(rawValue: "portal")
    /// In the PSA, by a technician.
    public static let psa = RecordOrigin(rawValue: "psa")
}
