package import FunctionKit

/// Lets one task wait for a moment or for a signal, whichever comes first.
///
/// A signal that comes while nobody waits is kept, so that none is lost between a look at the work and the wait for more.
package final class WakeUp: Sendable {
    private struct State {
        var isSignalled = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = LockedState(State())

    /// Makes a wake-up without a signal.
    package init() {}

    /// Wakes the waiting task, or the next one that waits.
    package func signal() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.isSignalled = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits for a signal, at most for `duration`; nil waits for the signal alone. Returns when the task is cancelled, too.
    package func wait(atMost duration: Duration?, clock: any AppClock) async {
        guard let duration else { return await waitForSignal() }
        guard duration > .zero, !takeSignal() else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.waitForSignal() }
            group.addTask { try? await clock.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Takes a signal that has come already; false when none has.
    private func takeSignal() -> Bool {
        state.withLock { state in
            defer { state.isSignalled = false }
            return state.isSignalled
        }
    }

    /// Waits for a signal, also in a task that is cancelled.
    package func waitEvenIfCancelled() async {
        await withCheckedContinuation { continuation in
            let mustResume = state.withLock { state -> Bool in
                if state.isSignalled {
                    state.isSignalled = false
                    return true
                }
                state.waiter = continuation
                return false
            }
            if mustResume { continuation.resume() }
        }
    }

    private func waitForSignal() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustResume = state.withLock { state -> Bool in
                    if state.isSignalled || Task.isCancelled {
                        state.isSignalled = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if mustResume { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
