import FunctionKit
import Glibc

/// Turns SIGTERM and SIGINT into values that a task can wait for.
///
/// The signals are blocked in every thread and taken by one that does nothing else, so no code runs in a signal handler.
package final class TerminationSignals: Sendable {
    private struct State {
        var received: [Int32] = []
        var waiter: CheckedContinuation<Int32, Never>?
    }

    private let state = LockedState(State())

    /// Blocks the signals in this thread and in those that it starts from now on. To be called before any other thread exists.
    ///
    /// Until somebody listens, a signal waits; a command that never listens is to call ``unblock()``.
    package static func block() {
        var signals = set
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Lets the signals end the process again, for commands that have nothing to finish.
    package static func unblock() {
        startThread {
            var signals = set
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            while true { pause() }
        }
    }

    private static var set: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }

    /// Begins to listen.
    package init() {
        startThread { [self] in listen() }
    }

    /// Waits for the next signal.
    package func next() async -> Int32 {
        await withCheckedContinuation { continuation in
            let early = state.withLock { state -> Int32? in
                if !state.received.isEmpty { return state.received.removeFirst() }
                state.waiter = continuation
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    private func listen() {
        var signals = Self.set
        while true {
            var number: Int32 = 0
            guard sigwait(&signals, &number) == 0 else { continue }
            let waiter = state.withLock { state -> CheckedContinuation<Int32, Never>? in
                guard let waiter = state.waiter else {
                    // Two are enough to tell "stop" from "stop now"; more add nothing.
                    if state.received.count < 2 { state.received.append(number) }
                    return nil
                }
                state.waiter = nil
                return waiter
            }
            waiter?.resume(returning: number)
        }
    }
}
