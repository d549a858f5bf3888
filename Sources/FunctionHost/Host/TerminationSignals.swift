import CLinux
import FunctionKit
import Glibc

/// Turns SIGTERM and SIGINT into one request to stop, and sees to it that the process then ends. SIGHUP is passed on: see ``HangUp``.
///
/// The signals are blocked in every thread and taken by one that does nothing else, so no code runs in a signal handler. After
/// the first signal that thread is the last resort: a second signal, or a stop that takes longer than ``stopTimeMax``, ends the
/// process at once, with 128 and the signal's number as the exit code. It needs no task for that, because functions that
/// compute without an end may hold every thread that tasks run on. What the store has acknowledged is durable even then.
package final class TerminationSignals: Sendable {
    /// How long a stop may take: ``Host/shutdownGrace``, and 5 s to cancel what outlasts it and to close everything.
    package static let stopTimeMax = Host.shutdownGrace + .seconds(5)

    private struct State {
        var isRequested = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = LockedState(State())
    /// One element for each SIGHUP, or for several that came while nobody looked.
    package let hangUps: AsyncStream<Void>
    private let hangUpSource: AsyncStream<Void>.Continuation

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
        var signals = stopSet
        sigaddset(&signals, SIGHUP)
        return signals
    }

    private static var stopSet: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        return signals
    }

    /// Begins to listen.
    package init() {
        (hangUps, hangUpSource) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        startThread { [self] in listen() }
    }

    /// True once a signal has come.
    package var isStopRequested: Bool { state.withLock { $0.isRequested } }

    /// Waits for the first signal; one task may wait.
    package func stopRequest() async {
        await withCheckedContinuation { continuation in
            let isRequested = state.withLock { state in
                if !state.isRequested { state.waiter = continuation }
                return state.isRequested
            }
            if isRequested { continuation.resume() }
        }
    }

    private func listen() {
        var signals = Self.set
        var number: Int32 = 0
        while sigwait(&signals, &number) != 0 || number == SIGHUP {
            if number == SIGHUP { hangUpSource.yield() }
            number = 0
        }
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isRequested = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
        Self.endProcess(after: number)
    }

    private static func endProcess(after first: Int32) -> Never {
        let clock = SystemClock()
        let deadline = clock.uptime + stopTimeMax
        var signals = stopSet
        while true {
            let rest = max(deadline - clock.uptime, .zero).wholeMilliseconds
            var time = timespec(tv_sec: Int(rest / 1000), tv_nsec: Int(rest % 1000) * 1_000_000)
            let second = sigtimedwait(&signals, nil, &time)
            // Anything else, such as EINTR after a SIGCONT, waits for the rest.
            guard second > 0 || errno == EAGAIN else { continue }
            let text =
                second > 0
                ? "A second signal came: the host ends at once.\n"
                : "The stop took longer than \(stopTimeMax.wholeMilliseconds / 1000) s: the host ends at once.\n"
            _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            _exit(128 + first)
        }
    }
}
