package import FunctionKit
import Glibc

/// Serves HTTP/1.1 and 1.0, in the clear or by TLS, on one or more listening sockets, by event loops with a thread each.
///
/// A server is started once and stopped once.
package final class HTTPServer: Sendable {
    private enum Phase {
        case idle
        case running(loops: [EventLoop], sockets: [ListeningSocket])
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
    private let accepting: AcceptCall
    private let accessLog: (any AccessLog)?
    private let counts: ConnectionCounts
    private let credentials: TLSCredentials?
    private let state = LockedState(State())

    /// Makes a server; nothing is opened before ``start()``.
    ///
    /// - Parameters:
    ///   - accessLog: gets one entry for each request; nil costs a request nothing.
    ///   - credentials: with them, TCP ports speak HTTPS and nothing else.
    package convenience init(
        configuration: HTTPServerConfiguration,
        responder: any HTTPResponder,
        logger: Logger,
        accessLog: (any AccessLog)? = nil,
        credentials: TLSCredentials? = nil
    ) {
        self.init(
            configuration: configuration,
            responder: responder,
            logger: logger,
            accessLog: accessLog,
            credentials: credentials,
            accepting: SocketCalls.accept
        )
    }

    /// Makes a server that gets its connections from `accepting`.
    init(
        configuration: HTTPServerConfiguration,
        responder: any HTTPResponder,
        logger: Logger,
        accessLog: (any AccessLog)? = nil,
        credentials: TLSCredentials? = nil,
        accepting: @escaping AcceptCall
    ) {
        self.accessLog = accessLog
        self.credentials = credentials
        self.accepting = accepting
        counts = ConnectionCounts(configuration)
        self.configuration = configuration
        limits = ConnectionLimits(configuration, logsAccess: accessLog != nil)
        self.responder = responder
        self.logger = logger
    }

    /// Changes how long the responder may take, for calls that begin from now on; nil for no bound.
    package func setCallTime(_ time: Duration?) { limits.setCallTime(time) }

    /// How many connections are open.
    package var connectionCount: Int { counts.count }

    /// The TCP port that is listened on; nil unless the server runs on one.
    package var port: Int? {
        state.withLock { state in
            guard case .running(_, let sockets) = state.phase else { return nil }
            return sockets.first { $0.path == nil }?.port
        }
    }

    /// Opens the configured address and port and serves; returns at once.
    package func start() throws(HTTPServerError) {
        let socket = try ListeningSocket(
            address: configuration.address,
            port: configuration.port,
            backlog: configuration.acceptBacklog
        )
        try serve([socket])
    }

    /// Serves on a socket that listens already, such as one that a supervisor has opened; returns at once.
    ///
    /// - Parameter descriptor: belongs to the server from now on and is closed when it stops.
    package func start(adopting descriptor: CInt) throws(HTTPServerError) {
        try serve([try ListeningSocket(adopting: descriptor)])
    }

    /// Serves on sockets that were opened before; returns at once. They belong to the server from now on. On Unix sockets it
    /// speaks plain HTTP even if it has ``TLSCredentials``: what comes there comes from this machine.
    package func start(on sockets: [ListeningSocket]) throws(HTTPServerError) { try serve(sockets) }

    private func serve(_ sockets: [ListeningSocket]) throws(HTTPServerError) {
        let loops: [EventLoop]
        do throws(HTTPServerError) {
            loops = try makeLoops(sockets.map { Listener($0, hasCredentials: credentials != nil) })
        } catch {
            for socket in sockets { socket.close() }
            throw error
        }
        let isFirst = state.withLock { state in
            guard case .idle = state.phase else { return false }
            state.phase = .running(loops: loops, sockets: sockets)
            state.runningLoops = loops.count
            return true
        }
        guard isFirst else {
            for loop in loops { loop.peers = [] }
            for socket in sockets { socket.close() }
            throw HTTPServerError(code: .wrongState, description: "A server can be started only once; make a new one.")
        }
        for loop in loops { LoopThread.start(loop) }
    }

    private func makeLoops(_ listeners: [Listener]) throws(HTTPServerError) -> [EventLoop] {
        let count = max(1, configuration.loopCount ?? Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        var loops: [EventLoop] = []
        for _ in 0..<count {
            let loop = try EventLoop(
                configuration: configuration,
                limits: limits,
                responder: responder,
                logger: logger,
                counts: counts,
                accepting: accepting,
                accessLog: accessLog,
                credentials: credentials,
                onExit: { [weak self] in self?.loopEnded() }
            )
            loop.listeners = listeners
            loops.append(loop)
        }
        for loop in loops { loop.peers = loops }
        return loops
    }

    /// Stops accepting, closes idle connections, lets running calls finish, and returns when all connections are closed.
    ///
    /// - Parameters:
    ///   - grace: how long running calls may take; then they are cancelled, and connections without one closed.
    ///   - cancelGrace: how long cancelled calls have to answer; then their clients get a 503, and they are left behind.
    package func stop(grace: Duration, cancelGrace: Duration = .zero) async {
        let running = state.withLock { state -> (loops: [EventLoop], sockets: [ListeningSocket])? in
            guard case .running(let loops, let sockets) = state.phase else {
                if case .idle = state.phase { state.phase = .stopped }
                return nil
            }
            state.phase = .stopping
            return (loops, sockets)
        }
        let cancel = SystemTime.milliseconds + max(0, grace.wholeMilliseconds)
        let deadlines = DrainDeadlines(cancel: cancel, end: cancel + max(0, cancelGrace.wholeMilliseconds))
        for loop in running?.loops ?? [] { loop.mailbox.post(.drain(deadlines)) }
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock { state in
                if case .stopped = state.phase { return true }
                if state.runningLoops == 0 { return true }
                state.waiters.append(continuation)
                return false
            }
            if isStopped { continuation.resume() }
        }
        for socket in running?.sockets ?? [] { socket.close() }
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
