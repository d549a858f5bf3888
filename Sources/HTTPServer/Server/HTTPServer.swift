package import FunctionKit
import Glibc

/// Serves HTTP/1.1 and 1.0 on one listening socket, by event loops with a thread each.
///
/// A server is started once and stopped once.
package final class HTTPServer: Sendable {
    private enum Phase {
        case idle
        case running(loops: [EventLoop], descriptor: CInt, port: Int)
        case stopping
        case stopped
    }

    private struct State {
        var phase = Phase.idle
        var runningLoops = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: HTTPServerConfiguration
    private let limits: ConnectionLimits
    private let responder: any HTTPResponder
    private let logger: Logger
    private let state = LockedState(State())

    /// Makes a server; nothing is opened before ``start()``.
    package init(configuration: HTTPServerConfiguration, responder: any HTTPResponder, logger: Logger) {
        self.configuration = configuration
        limits = ConnectionLimits(configuration)
        self.responder = responder
        self.logger = logger
    }

    /// Changes how long the responder may take, for calls that begin from now on; nil for no bound.
    package func setCallTime(_ time: Duration?) { limits.setCallTime(time) }

    /// The port that is listened on; nil unless the server runs.
    package var port: Int? {
        state.withLock { state in
            guard case .running(_, _, let port) = state.phase else { return nil }
            return port
        }
    }

    /// Opens the configured address and port and serves; returns at once.
    package func start() throws(HTTPServerError) {
        let socket = try ListeningSocket(
            address: configuration.address,
            port: configuration.port,
            backlog: configuration.acceptBacklog
        )
        try serve(socket)
    }

    /// Serves on a socket that listens already, such as one that a supervisor has opened; returns at once.
    ///
    /// - Parameter descriptor: belongs to the server from now on and is closed when it stops.
    package func start(adopting descriptor: CInt) throws(HTTPServerError) {
        try serve(try ListeningSocket(adopting: descriptor))
    }

    /// Serves on a socket that was opened before; returns at once. The socket belongs to the server from now on.
    package func start(on socket: ListeningSocket) throws(HTTPServerError) { try serve(socket) }

    private func serve(_ socket: ListeningSocket) throws(HTTPServerError) {
        let loops: [EventLoop]
        do throws(HTTPServerError) {
            loops = try makeLoops(listener: socket.descriptor)
        } catch {
            close(socket.descriptor)
            throw error
        }
        let isFirst = state.withLock { state in
            guard case .idle = state.phase else { return false }
            state.phase = .running(loops: loops, descriptor: socket.descriptor, port: socket.port)
            state.runningLoops = loops.count
            return true
        }
        guard isFirst else {
            for loop in loops { loop.peers = [] }
            close(socket.descriptor)
            throw HTTPServerError(code: .wrongState, description: "A server can be started only once; make a new one.")
        }
        for loop in loops { LoopThread.start(loop) }
    }

    private func makeLoops(listener: CInt) throws(HTTPServerError) -> [EventLoop] {
        let count = max(1, configuration.loopCount ?? Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        var loops: [EventLoop] = []
        for _ in 0..<count {
            let loop = try EventLoop(
                configuration: configuration,
                limits: limits,
                responder: responder,
                logger: logger,
                onExit: { [weak self] in self?.loopEnded() }
            )
            loop.listener = listener
            loops.append(loop)
        }
        for loop in loops { loop.peers = loops }
        return loops
    }

    /// Stops accepting, closes idle connections, lets running calls finish, and returns when all connections are closed.
    ///
    /// - Parameter grace: how long running calls may take; then they are cancelled and their connections closed.
    package func stop(grace: Duration) async {
        let running = state.withLock { state -> (loops: [EventLoop], descriptor: CInt)? in
            guard case .running(let loops, let descriptor, _) = state.phase else {
                if case .idle = state.phase { state.phase = .stopped }
                return nil
            }
            state.phase = .stopping
            return (loops, descriptor)
        }
        let deadline = SystemTime.milliseconds + max(0, grace.wholeMilliseconds)
        for loop in running?.loops ?? [] { loop.mailbox.post(.drain(deadline: deadline)) }
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if case .stopped = state.phase { return true }
                if state.runningLoops == 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if isStopped { continuation.resume() }
        }
        if let descriptor = running?.descriptor { close(descriptor) }
    }

    private func loopEnded() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.runningLoops -= 1
            guard state.runningLoops == 0 else { return [] }
            state.phase = .stopped
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
