import FunctionKit

/// What a listener remembers of one tenant's queue between two rounds, as long as it handles messages of it.
struct QueueMemory: Sendable {
    /// False until the ledger has been read, and after somebody else has written it.
    var isRead = false
    /// The ledger's revision; nil when there is none.
    var revision: Revision?
    /// The other holders in it.
    var others: [QueueLedger.Holder] = []
    /// The messages that this listener holds.
    var mine = HeldMessages()
    /// Until when its lease runs.
    var until: Timestamp?
    /// Where the search for messages goes on; nil for the beginning.
    var cursor: String?
    /// When the search begins anew, since a message can be enqueued before the place where the search has come to.
    var rescanAt: Timestamp?

    /// How long a search goes on from where it was: 1 s.
    static let scanTime = Duration.seconds(1)

    /// When the lease is to be renewed: a third of it lies between two attempts, so that one may fail.
    func renewAt(_ policy: QueuePolicy) -> Timestamp? {
        mine.isEmpty ? nil : until.map { $0 - policy.lease + policy.lease / 3 }
    }

    /// Whether anybody holds a message.
    func isHeld(_ id: String) -> Bool {
        mine.contains(id) || others.contains { $0.messages.contains(id) }
    }
}

/// What is to be done to one tenant's queue in one batch.
struct QueueOrder: Sendable {
    /// Whose queue.
    let tenant: TenantName
    /// What is remembered of it.
    var memory: QueueMemory
    /// The deliveries that have ended.
    var endings: [QueueEnding]
    /// How many messages to take for each function that receives them, which are as many as it may begin at once.
    var shares: [Int]
    /// How many to take beside them, which begin when others have ended.
    var ahead = 0

    /// How many messages to take.
    var room: Int { shares.reduce(0, +) }
}

/// What a round has come to.
struct QueueReport: Sendable {
    /// What is remembered from now on.
    var memory: QueueMemory
    /// The messages that were taken.
    var taken: [QueueDelivery] = []
    /// The endings that are settled.
    var settled: [QueueEnding] = []
    /// The endings of messages that belonged to somebody else by then; nothing was changed.
    var lost: [QueueEnding] = []
    /// The endings that the store did not take.
    var unsettled: [QueueEnding] = []
    /// Messages of a host that ended while it handled them, and what became of them.
    var recovered: [QueueEnding] = []
    /// Why the store could not be asked; nil when it could.
    var failure: StoreError?
    /// When the next message becomes visible; nil when none is known.
    var nextVisible: Timestamp?
    /// True when more messages may be taken at once.
    var hasMore = false
}
