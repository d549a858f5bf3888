public import FunctionKit

/// A clock that stands still until a test moves it.
public final class ManualClock: AppClock {
    private struct Sleeper {
        var id: Int
        var deadline: Duration
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var uptime: Duration = .zero
        var sleepers: [Sleeper] = []
        var nextID = 0
        var cancelled: Set<Int> = []
        var waiters: [(id: Int, count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func takeID() -> Int {
            nextID += 1
            return nextID
        }

        mutating func takeReadyWaiters() -> [CheckedContinuation<Void, Never>] {
            let count = sleepers.count
            let ready = waiters.filter { $0.count <= count }.map(\.continuation)
            waiters.removeAll { $0.count <= count }
            return ready
        }
    }

    private let state: LockedState<State>

    /// Makes a clock that shows `now`.
    public init(now: Timestamp = Timestamp(seconds: 1_767_225_600)) {
        state = LockedState(State(now: now))
    }

    /// The moment that the test set.
    public var now: Timestamp { state.withLock { $0.now } }

    /// The sum of all advances.
    public var uptime: Duration { state.withLock { $0.uptime } }

    /// Waits until the test has advanced the clock far enough.
    public func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let id = state.withLock { $0.takeID() }
        // A cancellation that comes when the sleeper was woken already finds nobody and leaves its mark behind.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ready = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
                    guard state.cancelled.remove(id) == nil else { return nil }
                    state.sleepers.append(
                        Sleeper(id: id, deadline: state.uptime + duration, continuation: continuation)
                    )
                    return state.takeReadyWaiters()
                }
                // Resumed outside the lock: a continuation may run at once and ask the clock again.
                if let ready {
                    for waiter in ready { waiter.resume() }
                } else {
                    continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves wall and monotonic time forward (a negative duration moves nothing) and wakes whoever slept long enough, in the order of their deadlines.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            let duration = max(duration, .zero)
            state.now = state.now + duration
            state.uptime += duration
            let due = state.sleepers.filter { $0.deadline <= state.uptime }.sorted { $0.deadline < $1.deadline }
            state.sleepers.removeAll { $0.deadline <= state.uptime }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Sets the wall time alone, as somebody does who corrects a machine's clock.
    public func setWallTime(_ now: Timestamp) { state.withLock { $0.now = now } }

    /// Returns when at least `count` tasks sleep, so that a test advances only once its subject waits.
    ///
    /// Returns as well when the calling task is cancelled, so that a time limit ends a test whose subject never sleeps.
    public func waitForSleepers(_ count: Int = 1) async {
        let id = state.withLock { $0.takeID() }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let ready = state.withLock { state in
                    guard state.cancelled.remove(id) == nil else { return [continuation] }
                    state.waiters.append((id: id, count: count, continuation: continuation))
                    return state.takeReadyWaiters()
                }
                for waiter in ready { waiter.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index).continuation
            }
            waiter?.resume()
        }
    }

    /// How long until the next sleeper is due; nil when nobody sleeps.
    public var timeToNextSleeper: Duration? {
        state.withLock { state in state.sleepers.map { $0.deadline - state.uptime }.min() }
    }
}
