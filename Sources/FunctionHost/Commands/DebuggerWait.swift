package import FunctionKit
import Glibc
import Synchronization

/// `postern start --wait-for-debugger`: holds the start until somebody watches.
package struct DebuggerWait: Sendable {
    /// Why the wait ended.
    package enum Outcome: Sendable, Equatable {
        /// A debugger is attached.
        case attached
        /// SIGCONT came, or a line on standard input.
        case told
        /// The process is to end.
        case interrupted
        /// Nobody came within ``DebuggerWait/timeMax``.
        case timedOut
    }

    /// How long to wait: an hour; a start that was forgotten must not hang for good.
    package static let timeMax = Duration.seconds(3600)
    /// How often to look.
    package static let interval = Duration.milliseconds(100)

    private let clock: any AppClock
    private let isAttached: @Sendable () -> Bool
    private let isTold: @Sendable () -> Bool

    /// Makes a wait of what tells that it is over.
    package init(
        clock: any AppClock,
        isAttached: @escaping @Sendable () -> Bool,
        isTold: @escaping @Sendable () -> Bool
    ) {
        self.clock = clock
        self.isAttached = isAttached
        self.isTold = isTold
    }

    /// Waits.
    ///
    /// - Parameter isInterrupted: whether the process is to end.
    package func run(isInterrupted: @Sendable () -> Bool) async -> Outcome {
        let deadline = clock.uptime + Self.timeMax
        while true {
            if isInterrupted() { return .interrupted }
            if isAttached() { return .attached }
            if isTold() { return .told }
            guard clock.uptime < deadline else { return .timedOut }
            do {
                try await clock.sleep(for: Self.interval)
            } catch {
                return .interrupted
            }
        }
    }
}

extension DebuggerWait {
    /// A wait for this process: a tracer (`TracerPid` of `/proc/self/status`), SIGCONT, or a line on standard input.
    package static func thisProcess(clock: any AppClock) -> DebuggerWait {
        // Made before the handler could be the first to ask for it.
        continued.store(false, ordering: .relaxed)
        signal(SIGCONT) { _ in continued.store(true, ordering: .relaxed) }
        // Whoever started this process may have had the signal blocked, and all threads inherit that; one must take it.
        startThread {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGCONT)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            while !continued.load(ordering: .relaxed) { pause() }
        }
        let input = InputLine()
        return DebuggerWait(
            clock: clock,
            isAttached: { tracer() != 0 },
            isTold: { continued.load(ordering: .relaxed) || input.isThere() }
        )
    }

    /// The process that traces this one; 0 for none.
    private static func tracer() -> Int {
        guard let bytes = try? SystemAppFiles().contents(of: "/proc/self/status", upTo: 1 << 16) else { return 0 }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("TracerPid:") }
        return line?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
    }
}

/// Whether SIGCONT came: the one thing that the signal's handler touches.
private let continued = Atomic(false)

/// A line on standard input, looked for without waiting and without being stopped for it.
private final class InputLine: Sendable {
    private let isOver = Atomic(false)

    /// Whether a line has come. The end of the input is none: it only means that there will be none.
    func isThere() -> Bool {
        guard !isOver.load(ordering: .relaxed), isReadable() else { return false }
        var byte: UInt8 = 0
        let count = read(STDIN_FILENO, &byte, 1)
        guard count > 0 else {
            isOver.store(true, ordering: .relaxed)
            return false
        }
        return true
    }

    private func isReadable() -> Bool {
        // A process in the background that reads from the terminal would be stopped.
        guard isatty(STDIN_FILENO) == 0 || tcgetpgrp(STDIN_FILENO) == getpgrp() else { return false }
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }
}
