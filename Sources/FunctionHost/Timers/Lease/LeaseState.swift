import FunctionKit

/// What a host does about the lease of the timers: what it sees in, decisions out; no store and no clock of its own.
///
/// Nobody compares clocks of two machines. A host that stands by counts, on its own running clock, since when the lease has not
/// changed; only after a whole duration without a change is it free. The owner counts from the moment at which it asked for its last
/// renewal, on its running clock and on its wall clock (one of them stands still while a machine is suspended), and stops
/// earlier than anyone may begin.
struct LeaseState: Sendable {
    /// What to do about a lease that was read.
    enum Decision: Sendable, Hashable {
        /// Acquire it with this fence number.
        case acquire(fence: Int64)
        /// It is somebody's; look again after this long.
        case wait(Duration)
    }

    /// The lease as its owner knows it.
    struct Held: Sendable, Hashable {
        var record: LeaseRecord
        var revision: Revision
        var fence: TimerFence
        /// When the last renewal that succeeded was asked for.
        var askedAt: Duration
        /// The same on the wall clock.
        var askedAtWall: Timestamp
        /// When to renew next.
        var renewAt: Duration
    }

    let policy: LeasePolicy
    let owner: String
    /// The lease while this host holds it.
    private(set) var held: Held?
    /// Who held it when it was last read, and others waited.
    private(set) var otherOwner: String?
    private var observed: (revision: Revision, since: Duration)?

    init(policy: LeasePolicy, owner: String) {
        self.policy = policy
        self.owner = owner
    }

    /// Looks at the lease as it stands in the store.
    mutating func decide(_ found: LeaseStore.Found?, uptime: Duration) -> Decision {
        guard let found else { return .acquire(fence: 1) }
        let next = Decision.acquire(fence: found.record.fence + 1)
        guard let other = found.record.owner, other != owner, policy.sharing == .shared else { return next }
        if observed?.revision != found.revision { observed = (found.revision, uptime) }
        // An owner with a longer duration than ours may go by it.
        let theirs = Duration.milliseconds(found.record.durationMilliseconds ?? 0)
        let rest = max(policy.duration, theirs) - (uptime - (observed?.since ?? uptime))
        guard rest > .zero else { return next }
        otherOwner = other
        return .wait(min(rest, policy.renewalInterval))
    }

    /// The record to acquire the lease with.
    func acquisition(fence: Int64, now: Timestamp) -> LeaseRecord {
        LeaseRecord(
            owner: owner,
            fence: fence,
            acquiredAt: now,
            renewedAt: now,
            durationMilliseconds: policy.sharing == .shared ? policy.duration.wholeMilliseconds : nil
        )
    }

    /// The lease was acquired by a write that was asked for at these moments.
    mutating func acquired(_ record: LeaseRecord, _ revision: Revision, askedAt: Duration, wall: Timestamp) {
        otherOwner = nil
        observed = nil
        held = Held(
            record: record,
            revision: revision,
            fence: TimerFence(revision: revision),
            askedAt: askedAt,
            askedAtWall: wall,
            renewAt: askedAt + policy.renewalInterval
        )
    }

    /// The record to renew the lease with; nil when this host does not hold it.
    func renewal(now: Timestamp) -> LeaseRecord? {
        held.map {
            var record = $0.record
            record.renewedAt = now
            return record
        }
    }

    /// The lease was renewed by a write that was asked for at these moments.
    mutating func renewed(_ record: LeaseRecord, _ revision: Revision, askedAt: Duration, wall: Timestamp) {
        held?.record = record
        held?.revision = revision
        held?.askedAt = askedAt
        held?.askedAtWall = wall
        held?.renewAt = askedAt + policy.renewalInterval
    }

    /// A renewal failed for a reason that says nothing of the owner, such as a full disk.
    mutating func renewalFailed(uptime: Duration) { held?.renewAt = uptime + policy.retryInterval }

    /// This host holds the lease no more.
    mutating func lost() {
        held = nil
        observed = nil
    }

    /// Until when the owner may go by its lease; nil for as long as it lives.
    var end: (uptime: Duration, wall: Timestamp)? {
        guard policy.sharing == .shared, let held else { return nil }
        return (held.askedAt + policy.ownedTime, held.askedAtWall + policy.ownedTime)
    }
}
