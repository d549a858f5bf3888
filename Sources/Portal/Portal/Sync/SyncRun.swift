public import FunctionKit

/// One run of a timer for one tenant, as health and the admin show it.
public struct SyncRun: Codable, Sendable {
    /// What was synchronised: `tickets`, `invoices`.
    public var kind: String
    /// When it began.
    public var startedAt: Timestamp
    /// When it ended; nil while it runs, and for good when the host died.
    public var finishedAt: Timestamp?
    /// How many records the other program took.
    public var pushed: Int
    /// How many changes of the other program were taken.
    public var pulled: Int
    /// How many changes were passed over, because their company is not one of ours.
    public var skipped: Int
    /// How many records failed.
    public var failed: Int
    /// What went wrong; nil when the run did what it should, even if single records were set aside.
    public var error: String?

    private enum CodingKeys: String, CodingKey {
        case kind
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case pushed
        case pulled
        case skipped
        case failed
        case error
    }

    init(kind: String, startedAt: Timestamp) {
        self.kind = kind
        self.startedAt = startedAt
        (pushed, pulled, skipped, failed) = (0, 0, 0, 0)
    }

    /// How long a run's record is kept.
    public static let keptFor = Duration.seconds(30 * 86_400)
}

/// How far a kind of record has been pulled; the document's id is the kind.
public struct SyncState: Codable, Sendable {
    /// The other program's cursor; nil before the first page.
    public var cursor: String?

    /// Makes a state.
    public init(cursor: String?) { self.cursor = cursor }
}

extension CollectionDefinition where Document == SyncRun {
    /// The runs of a tenant's timers, each kept for ``SyncRun/keptFor``.
    public static var syncRuns: CollectionDefinition<SyncRun> { syncRunsDefinition }
}

extension CollectionDefinition where Document == SyncState {
    /// The cursors of a tenant's timers.
    public static var syncState: CollectionDefinition<SyncState> { syncStateDefinition }
}

private let syncRunsDefinition = CollectionDefinition<SyncRun>(
    "sync_runs",
    indexes: [IndexDefinition("by_kind", on: ["kind", "started_at"])]
)

private let syncStateDefinition = CollectionDefinition<SyncState>("sync_state")
