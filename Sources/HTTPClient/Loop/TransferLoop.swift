import CCurl
import FunctionKit
import Synchronization

/// The mailbox of the thread that runs all exchanges, and the thread's life: started by the first request, ended by a stop.
final class TransferLoop: Sendable {
    /// What other threads ask of the loop's.
    enum Command: Sendable {
        case start(PreparedRequest, Exchange)
        case cancel(Int)
        case resumeReceiving(Int)
        case resumeSending(Int)
    }

    let limits: HTTPClientLimits
    let certificateAuthorities: String?
    private let state = LockedState(State())
    private let lastExchangeID = Atomic(0)
    private let connections = Atomic(0)

    private enum Phase {
        case idle
        case running(MultiHandle)
        case stopping
        case stopped
    }

    private struct State {
        var phase = Phase.idle
        var commands: [Command] = []
        /// Exchanges that were submitted and have not ended.
        var openExchanges = 0
        var stopWaiters: [CheckedContinuation<Void, Never>] = []

        /// Adds a command; for one that the thread has not taken yet it was woken already.
        mutating func add(_ command: Command, _ handle: MultiHandle) {
            if commands.isEmpty { handle.wake() }
            commands.append(command)
        }
    }

    init(limits: HTTPClientLimits, certificateAuthorities: String?) {
        self.limits = limits
        self.certificateAuthorities = certificateAuthorities
    }

    var connectionsOpened: Int { connections.load(ordering: .relaxed) }

    func nextExchangeID() -> Int { lastExchangeID.add(1, ordering: .relaxed).newValue }

    /// Hands an exchange to the thread, or ends it at once when it cannot be taken.
    func submit(_ request: PreparedRequest, _ exchange: Exchange) {
        let refusal = state.withLock { state -> HTTPClientError? in
            guard state.openExchanges < limits.concurrentMax + limits.waitingMax else {
                return HTTPClientError(
                    .closed,
                    "The request to \(exchange.origin) is refused: \(limits.waitingMax) others wait already."
                )
            }
            guard let handle = runningHandle(&state) else {
                return HTTPClientError(
                    .closed,
                    "The request to \(exchange.origin) is refused: the HTTP client is shut down or cannot start."
                )
            }
            state.openExchanges += 1
            state.add(.start(request, exchange), handle)
            return nil
        }
        if let refusal { exchange.end(.failure(refusal)) }
    }

    /// Asks something of the thread. Nothing happens when it does not run: then there is no exchange either.
    func post(_ command: Command) {
        state.withLock { state in
            guard case .running(let handle) = state.phase else { return }
            state.add(command, handle)
        }
    }

    /// Tells the thread to end; returns at once.
    func requestStop() {
        state.withLock { state in
            switch state.phase {
            case .idle: state.phase = .stopped
            case .running(let handle):
                // The last wake: from here on the thread may free the handle.
                state.phase = .stopping
                handle.wake()
            case .stopping, .stopped: break
            }
        }
    }

    /// Tells the thread to end and waits until it has.
    func stop() async {
        requestStop()
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if case .stopped = state.phase { return true }
                state.stopWaiters.append(continuation)
                return false
            }
            if isStopped { continuation.resume() }
        }
    }

    // MARK: The thread's side

    /// Takes what was asked since the last time.
    func takeCommands() -> (commands: [Command], isStopping: Bool) {
        state.withLock { state in
            defer { state.commands = [] }
            if case .stopping = state.phase { return (state.commands, true) }
            return (state.commands, false)
        }
    }

    func exchangeEnded(newConnections: Int) {
        connections.add(newConnections, ordering: .relaxed)
        state.withLock { $0.openExchanges -= 1 }
    }

    /// The thread's last word: everything has ended and is freed.
    func stopped() {
        let waiters = state.withLock { state in
            state.phase = .stopped
            defer { state.stopWaiters = [] }
            return state.stopWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The multi handle of the running thread, which is started when there is none; nil when that fails or it has stopped.
    private func runningHandle(_ state: inout State) -> MultiHandle? {
        switch state.phase {
        case .running(let handle): return handle
        case .stopping, .stopped: return nil
        case .idle:
            guard let handle = MultiHandle(limits: limits), startLoopThread(loop: self, handle: handle) else {
                return nil
            }
            state.phase = .running(handle)
            return handle
        }
    }
}
