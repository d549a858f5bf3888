import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What a host decides about the lease: what it sees in, decisions out.
@Suite struct LeaseStateTests {
    private let now = Timestamp(seconds: 1_795_176_000)

    private func found(_ owner: String?, fence: Int64 = 7, revision: Int64 = 1, duration: Int64? = 60_000)
        -> LeaseStore.Found
    {
        LeaseStore.Found(
            record: LeaseRecord(
                owner: owner,
                fence: fence,
                acquiredAt: now,
                renewedAt: now,
                durationMilliseconds: duration
            ),
            revision: Revision(rawValue: revision)
        )
    }

    private func state(_ sharing: LeasePolicy.Sharing) -> LeaseState {
        LeaseState(policy: LeasePolicy(sharing), owner: "me")
    }

    @Test(arguments: [LeasePolicy.Sharing.exclusive, .shared])
    func takesWhatIsNobodys(_ sharing: LeasePolicy.Sharing) {
        var state = state(sharing)
        #expect(state.decide(nil, uptime: .zero) == .acquire(fence: 1))
        #expect(state.decide(found(nil), uptime: .zero) == .acquire(fence: 8))
        // Our own, whose acknowledgement was lost on the way.
        #expect(state.decide(found("me"), uptime: .zero) == .acquire(fence: 8))
    }

    @Test func takesWhatADeadHostLeftBehindItsLock() {
        var state = state(.exclusive)
        #expect(state.decide(found("other"), uptime: .zero) == .acquire(fence: 8))
    }

    @Test func waitsForAWholeDurationWithoutARenewal() {
        var state = state(.shared)
        let twenty = LeaseState.Decision.wait(.seconds(20))
        #expect(state.decide(found("other", revision: 1), uptime: .seconds(100)) == twenty)
        #expect(state.decide(found("other", revision: 1), uptime: .seconds(130)) == twenty)
        // Renewed: the wait begins anew, whatever the clocks of the two say.
        #expect(state.decide(found("other", revision: 2), uptime: .seconds(159)) == twenty)
        #expect(state.decide(found("other", revision: 2), uptime: .seconds(209)) == .wait(.seconds(10)))
        #expect(state.otherOwner == "other")
        #expect(state.decide(found("other", revision: 2), uptime: .seconds(219)) == .acquire(fence: 8))
    }

    @Test func waitsAsLongAsTheOwnerMayGoByIt() {
        var state = state(.shared)
        _ = state.decide(found("other", duration: 300_000), uptime: .zero)
        #expect(state.decide(found("other", duration: 300_000), uptime: .seconds(290)) == .wait(.seconds(10)))
        #expect(state.decide(found("other", duration: 300_000), uptime: .seconds(300)) == .acquire(fence: 8))
        _ = state.decide(found("other", revision: 2, duration: nil), uptime: .zero)
        #expect(state.decide(found("other", revision: 2, duration: nil), uptime: .seconds(60)) == .acquire(fence: 8))
    }

    @Test func theOwnerStopsBeforeAnybodyMayBegin() throws {
        var state = state(.shared)
        #expect(state.end == nil)
        let record = state.acquisition(fence: 8, now: now)
        #expect(record.durationMilliseconds == 60_000)
        state.acquired(record, Revision(rawValue: 3), askedAt: .seconds(10), wall: now)
        let end = try #require(state.end)
        #expect(end.uptime == .seconds(60))
        #expect(end.wall == now + .seconds(50))
        #expect(state.held?.renewAt == .seconds(30))
        let renewal = try #require(state.renewal(now: now + .seconds(20)))
        #expect(renewal.fence == 8)
        #expect(renewal.acquiredAt == now)
        state.renewed(renewal, Revision(rawValue: 4), askedAt: .seconds(30), wall: now + .seconds(20))
        #expect(state.end?.uptime == .seconds(80))
        #expect(state.held?.renewAt == .seconds(50))
        // The fence is that of the acquisition: renewals disturb no batch.
        #expect(state.held?.fence.revision == Revision(rawValue: 3))
        state.renewalFailed(uptime: .seconds(51))
        #expect(state.held?.renewAt == .seconds(56))
        #expect(state.end?.uptime == .seconds(80))
        state.lost()
        #expect(state.held == nil)
        #expect(state.renewal(now: now) == nil)
    }

    @Test func withoutOthersALeaseHasNoEnd() {
        var state = state(.exclusive)
        let record = state.acquisition(fence: 1, now: now)
        #expect(record.durationMilliseconds == nil)
        state.acquired(record, Revision(rawValue: 3), askedAt: .zero, wall: now)
        #expect(state.end == nil)
    }

    @Test func aHoldEndsByEitherClock() {
        let clock = ManualClock(now: now)
        let hold = LeaseHold()
        #expect(!hold.allows(epoch: 0, clock))
        hold.hold(epoch: 1, until: (.seconds(50), now + .seconds(50)))
        #expect(hold.allows(epoch: 1, clock))
        #expect(!hold.allows(epoch: 2, clock))
        // A machine that was suspended: its running clock stood still.
        clock.setWallTime(now + .seconds(50))
        #expect(!hold.allows(epoch: 1, clock))
        // A wall clock that went back.
        clock.setWallTime(now - .seconds(500))
        #expect(hold.allows(epoch: 1, clock))
        clock.advance(by: .seconds(50))
        #expect(!hold.allows(epoch: 1, clock))
        hold.hold(epoch: 2, until: nil)
        #expect(hold.allows(epoch: 2, clock))
        hold.letGo()
        #expect(!hold.allows(epoch: 2, clock))
    }
}
