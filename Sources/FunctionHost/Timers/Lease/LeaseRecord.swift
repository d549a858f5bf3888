package import FunctionKit

/// The lease of an app's timers as it stands in the store: who may fire them.
package struct LeaseRecord: Sendable, Hashable, Codable {
    /// The host that holds it; nil when it was given back.
    package var owner: String?
    /// How often it has changed hands: each owner has a greater number than the ones before.
    package var fence: Int64
    /// When the owner got it, by the owner's clock.
    package var acquiredAt: Timestamp
    /// When the owner last renewed it, by the owner's clock.
    package var renewedAt: Timestamp
    /// For how long it counts after a renewal; nil while the owner alone can reach the store.
    package var durationMilliseconds: Int64?

    private enum CodingKeys: String, CodingKey {
        case owner, fence
        case acquiredAt = "acquired_at"
        case renewedAt = "renewed_at"
        case durationMilliseconds = "duration_ms"
    }
}

/// What every batch of a lease's owner depends on: a document that changes with the owner and never else.
struct TimerFence: Sendable, Hashable {
    /// The revision that the owner's acquisition has left.
    var revision: Revision

    /// Refuses the batch when somebody else has acquired the lease since.
    var condition: WriteBatch.Write { .init(LeaseStore.fenceKey, .check(expected: revision)) }
}

/// The document behind ``TimerFence``.
struct FenceRecord: Sendable, Codable {
    var fence: Int64
    var owner: String
}
