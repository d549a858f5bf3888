public import FunctionKit

/// Whether the PSA has a record of ours.
public struct RecordSync: Codable, Sendable, Hashable {
    /// How far it is.
    public var state: State
    /// Why it was set aside.
    public var error: String?
    /// When the PSA took it.
    public var syncedAt: Timestamp?

    /// How far a record is.
    public struct State: RawRepresentable, Codable, Sendable, Hashable {
        /// The text in the document.
        public let rawValue: String
        /// Makes a state from its text.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Waits for the next run.
        public static let pending = State(rawValue: "pending")
        /// The PSA has it.
        public static let synced = State(rawValue: "synced")
        /// The PSA refused it; it is not sent again by itself.
        public static let parked = State(rawValue: "parked")
    }

    /// Not sent yet.
    public static let pending = RecordSync(state: .pending)

    /// Taken by the PSA.
    public static func synced(at moment: Timestamp?) -> RecordSync { RecordSync(state: .synced, syncedAt: moment) }

    /// Refused by the PSA.
    public static func parked(_ error: String) -> RecordSync { RecordSync(state: .parked, error: error) }

    private init(state: State, error: String? = nil, syncedAt: Timestamp? = nil) {
        self.state = state
        self.error = error
        self.syncedAt = syncedAt
    }

    private enum CodingKeys: String, CodingKey {
        case state
        case error
        case syncedAt = "synced_at"
    }

    /// Decodes the three fields, each of which may be absent.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        state = try fields.value(.state, or: .pending)
        error = try fields.decodeIfPresent(String.self, forKey: .error)
        syncedAt = try fields.decodeIfPresent(Timestamp.self, forKey: .syncedAt)
    }

    /// Encodes the three fields, null where there is nothing.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(state, forKey: .state)
        try fields.encode(error, forKey: .error)
        try fields.encode(syncedAt, forKey: .syncedAt)
    }
}
