import FunctionKit

/// Whether the host may begin a run now, for whoever is about to: asked last, without a wait between the answer and the run.
final class LeaseHold: Sendable {
    private struct State {
        var epoch = 0
        var isHeld = false
        var end: (uptime: Duration, wall: Timestamp)?
    }

    private let state = LockedState(State())

    /// The lease is held in this epoch, until its end if it has one.
    func hold(epoch: Int, until end: (uptime: Duration, wall: Timestamp)?) {
        state.withLock { $0 = State(epoch: epoch, isHeld: true, end: end) }
    }

    /// Nothing may begin any more.
    func letGo() { state.withLock { $0.isHeld = false } }

    /// Whether a run of an epoch may begin now.
    func allows(epoch: Int, _ clock: any AppClock) -> Bool {
        let state = state.withLock { $0 }
        guard state.isHeld, state.epoch == epoch else { return false }
        guard let end = state.end else { return true }
        return clock.uptime < end.uptime && clock.now < end.wall
    }
}
