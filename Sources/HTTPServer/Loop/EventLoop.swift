import CLinux
import FunctionKit
import Glibc
import Synchronization

/// One thread that waits for sockets and performs the actions of their state machines.
///
/// `@unchecked Sendable`: every stored variable is used on the loop's own thread only, from ``run()`` on; other threads use
/// ``mailbox``, ``connectionCount`` and the constants. `peers` and `listeners` are set before the thread is started. For the
/// same reason the hottest of them are marked `@exclusivity(unchecked)`: no method calls back into the loop while one of
/// them is being changed, and the checks were a measurable part of a request.
final class EventLoop: @unchecked Sendable {
    let mailbox: Mailbox
    /// The connections that this loop serves or is about to adopt.
    let connectionCount = Atomic<Int>(0)
    let responder: any HTTPResponder
    let limits: ConnectionLimits
    let configuration: HTTPServerConfiguration
    let logger: Logger
    let onExit: @Sendable () -> Void
    /// The connections of all loops.
    let counts: ConnectionCounts
    let accepting: AcceptCall
    let accessLog: (any AccessLog)?
    /// What TLS begins with; nil for plain HTTP.
    let credentials: TLSCredentials?

    /// All loops of the server, this one included.
    var peers: [EventLoop] = []
    var listeners: [Listener] = []

    let epoll: CInt
    /// The loop's thread; 0 before it runs and when it has ended, as the system gives its name to others then.
    private let thread = Atomic<UInt>(0)
    @exclusivity(unchecked) var connections: [SocketConnection?] = []
    /// The deadline of each connection, by descriptor; side by side, so that a sweep over thousands is cheap.
    @exclusivity(unchecked) var deadlines: [Int64] = []
    var openCount = 0
    var generation: UInt32 = 0
    @exclusivity(unchecked) var now: Int64 = 0
    @exclusivity(unchecked) var date = DateField()
    @exclusivity(unchecked) var output = OutputBuffer()
    /// What answers gather in, once a turn had several of them.
    @exclusivity(unchecked) var batch: SendBatch?
    @exclusivity(unchecked) var isGathering = false
    /// Whether the system has no batches.
    var hasNoBatch = false
    let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)
    let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
    /// Steps of calls that wait for their turn.
    @exclusivity(unchecked) var jobs: [(UnownedJob, HTTPCall)] = []
    @exclusivity(unchecked) var spareJobs: [(UnownedJob, HTTPCall)] = []
    /// When the last lap ended, see ``lap()``.
    @exclusivity(unchecked) var lapStart: Int64 = 0
    /// Connections that used up their turn of reading.
    @exclusivity(unchecked) var unfinished: [ConnectionID] = []
    var spareMessages: [LoopMessage] = []
    /// The connections that have a task for their calls, from ``warmCallsStart`` on, the oldest first.
    @exclusivity(unchecked) var warmCalls: [ConnectionID] = []
    var warmCallsStart = 0
    var reserveDescriptor: CInt
    var refusals = RefusalLog()
    /// When the listener is watched again that rests; `.max` while it does not rest.
    var acceptsAgainAt = Int64.max
    var nextSweep = Int64.max
    let sweepInterval: Int64
    var drainDeadlines = DrainDeadlines()
    var isDraining = false

    /// What an event is about, beside the connections: the largest numbers, which no descriptor has.
    enum EventKey {
        static let mailbox = UInt64.max
        /// The first of the listeners; the others follow.
        static let listeners = UInt64.max - 64
    }

    init(
        configuration: HTTPServerConfiguration,
        limits: ConnectionLimits,
        responder: any HTTPResponder,
        logger: Logger,
        counts: ConnectionCounts,
        accepting: @escaping AcceptCall,
        accessLog: (any AccessLog)?,
        credentials: TLSCredentials?,
        onExit: @escaping @Sendable () -> Void
    ) throws(HTTPServerError) {
        self.configuration = configuration
        self.limits = limits
        self.responder = responder
        self.logger = logger
        self.onExit = onExit
        self.counts = counts
        self.accepting = accepting
        self.accessLog = accessLog
        self.credentials = credentials
        sweepInterval = min(max(limits.shortestTime / 8, 5), 500)
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        let wake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        mailbox = Mailbox(descriptor: wake)
        reserveDescriptor = Self.openReserve()
        events.initialize(repeating: epoll_event())
        readBuffer.initialize(repeating: 0)
        guard epoll >= 0, wake >= 0 else {
            throw HTTPServerError(
                code: .system,
                description: "Cannot start an event loop: \(systemErrorText(errno)). Raise the limit of open files."
            )
        }
    }

    deinit {
        if epoll >= 0 { close(epoll) }
        if reserveDescriptor >= 0 { close(reserveDescriptor) }
        readBuffer.deallocate()
        events.deallocate()
    }

    var isOnThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Serves until the loop is drained.
    func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        blockBrokenPipeSignal()
        now = SystemTime.milliseconds
        date.update(second: SystemTime.second)
        watch(mailbox.descriptor, events: EPOLLIN.rawValue, key: EventKey.mailbox)
        watchListeners()
        while !(isDraining && openCount == 0) {
            let count = epoll_wait(epoll, events.baseAddress, CInt(events.count), waitTime)
            now = SystemTime.milliseconds
            date.update(second: SystemTime.second)
            lapStart = SystemTime.nanoseconds
            beginTurn(of: Int(count))
            for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
            runJobs()
            goOn()
            endTurn()
            if now >= acceptsAgainAt { goOnAccepting() }
            if now >= nextSweep { sweep() }
        }
        exit()
    }

    /// `sendfile(2)` has no MSG_NOSIGNAL: a client that has gone would end the process.
    private func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private var waitTime: CInt {
        if !unfinished.isEmpty || !jobs.isEmpty { return 0 }
        guard openCount > 0 || acceptsAgainAt < .max else { return -1 }
        return CInt(clamping: max(0, min(nextSweep - now, acceptsAgainAt - now, sweepInterval) + 1))
    }

    func watchListeners() {
        for (index, listener) in listeners.enumerated() {
            let key = EventKey.listeners + UInt64(index)
            watch(listener.descriptor, events: EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue, key: key)
        }
    }

    func watch(_ descriptor: CInt, events: UInt32, key: UInt64) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = key
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    func unwatch(_ listener: Listener) { epoll_ctl(epoll, EPOLL_CTL_DEL, listener.descriptor, nil) }

    private func dispatch(_ event: epoll_event) {
        switch event.data.u64 {
        case EventKey.mailbox: readMailbox()
        case EventKey.listeners...: acceptConnections(of: Int(event.data.u64 - EventKey.listeners))
        default:
            let id = ConnectionID(
                descriptor: CInt(truncatingIfNeeded: event.data.u64 & 0xFFFF_FFFF),
                generation: UInt32(truncatingIfNeeded: event.data.u64 >> 32)
            )
            guard let connection = connection(id) else { return }
            handle(event.events, of: connection)
        }
    }

    func connection(_ id: ConnectionID) -> SocketConnection? {
        let index = Int(id.descriptor)
        guard index < connections.count, let connection = connections[index],
            connection.id.generation == id.generation
        else { return nil }
        return connection
    }

    private func goOn() {
        guard !unfinished.isEmpty else { return }
        let ids = unfinished
        unfinished = []
        for id in ids {
            guard let connection = connection(id) else { continue }
            if connection.isBroken {
                vanish(connection)
                continue
            }
            goOnSending(connection)
            if !connection.isClosed { drive(connection) }
        }
    }

    /// Acts on all deadlines that have passed.
    private func sweep() {
        for index in deadlines.indices where deadlines[index] <= now {
            guard let connection = connections[index] else { continue }
            connection.state.expire(now: now, taken: connection.bytesTaken)
            drive(connection)
        }
        endDrain()
        nextSweep = openCount > 0 ? now + sweepInterval : .max
    }

    /// Ends a loop whose thread could not be started.
    func exitUnstarted() {
        logger.log(.critical, "An event loop has no thread: the system refused one. Raise its limits.")
        exit()
    }

    private func exit() {
        thread.store(0, ordering: .relaxed)
        batch = nil
        for (job, _) in jobs { runElsewhere(job) }
        jobs = []
        for message in mailbox.close() {
            switch message {
            case .adopt(let socket):
                close(socket.descriptor)
                counts.leave(socket.key)
            case .job(let job, _): runElsewhere(job)
            case .bodyDemand, .responsePart, .drain: break
            }
        }
        peers = []
        onExit()
    }
}
