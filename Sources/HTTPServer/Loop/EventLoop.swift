import CLinux
import FunctionKit
import Glibc
import Synchronization

/// One thread that waits for sockets and performs the actions of their state machines.
///
/// `@unchecked Sendable`: every stored variable is used on the loop's own thread only, from ``run()`` on; other threads use
/// ``mailbox``, ``connectionCount`` and the constants. `peers` and `listener` are set before the thread is started. For the
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

    /// All loops of the server, this one included.
    var peers: [EventLoop] = []
    var listener: CInt = -1

    let epoll: CInt
    var thread = pthread_self()
    @exclusivity(unchecked) var connections: [SocketConnection?] = []
    /// The deadline of each connection, by descriptor; side by side, so that a sweep over thousands is cheap.
    @exclusivity(unchecked) var deadlines: [Int64] = []
    var openCount = 0
    var generation: UInt32 = 0
    @exclusivity(unchecked) var now: Int64 = 0
    @exclusivity(unchecked) var date = DateField()
    @exclusivity(unchecked) var output = OutputBuffer()
    let readBuffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 65_536)
    let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 256)
    /// What a call has given back before it first suspended.
    @exclusivity(unchecked) var immediate: LoopMessage?
    /// Connections that used up their turn of reading.
    @exclusivity(unchecked) var unfinished: [ConnectionID] = []
    var spareMessages: [LoopMessage] = []
    var reserveDescriptor: CInt
    var nextSweep = Int64.max
    let sweepInterval: Int64
    var drainDeadline = Int64.max
    var isDraining = false

    /// What an event is about, beside the connections: the largest numbers, which no descriptor has.
    enum EventKey {
        static let listener = UInt64.max
        static let mailbox = UInt64.max - 1
    }

    init(
        configuration: HTTPServerConfiguration,
        limits: ConnectionLimits,
        responder: any HTTPResponder,
        logger: Logger,
        onExit: @escaping @Sendable () -> Void
    ) throws(HTTPServerError) {
        self.configuration = configuration
        self.limits = limits
        self.responder = responder
        self.logger = logger
        self.onExit = onExit
        sweepInterval = min(max(limits.shortestTime / 8, 5), 500)
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        let wake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        mailbox = Mailbox(descriptor: wake)
        reserveDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
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

    var isOnThread: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// Serves until the loop is drained.
    func run() {
        thread = pthread_self()
        now = SystemTime.milliseconds
        date.update(second: SystemTime.second)
        watch(mailbox.descriptor, events: EPOLLIN.rawValue, key: EventKey.mailbox)
        watch(listener, events: EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue, key: EventKey.listener)
        while !(isDraining && openCount == 0) {
            let count = epoll_wait(epoll, events.baseAddress, CInt(events.count), waitTime)
            now = SystemTime.milliseconds
            date.update(second: SystemTime.second)
            for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
            goOnReading()
            if now >= nextSweep { sweep() }
        }
        exit()
    }

    private var waitTime: CInt {
        if !unfinished.isEmpty { return 0 }
        guard openCount > 0 else { return -1 }
        return CInt(clamping: max(0, min(nextSweep - now, sweepInterval) + 1))
    }

    func watch(_ descriptor: CInt, events: UInt32, key: UInt64) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = key
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    private func dispatch(_ event: epoll_event) {
        switch event.data.u64 {
        case EventKey.listener: acceptConnections()
        case EventKey.mailbox: readMailbox()
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

    private func goOnReading() {
        guard !unfinished.isEmpty else { return }
        let ids = unfinished
        unfinished = []
        for id in ids { if let connection = connection(id) { drive(connection) } }
    }

    /// Acts on all deadlines that have passed.
    private func sweep() {
        for index in deadlines.indices where deadlines[index] <= now {
            guard let connection = connections[index] else { continue }
            connection.state.expire(now: now)
            drive(connection)
        }
        if now >= drainDeadline {
            for case let connection? in connections { vanish(connection) }
        }
        nextSweep = openCount > 0 ? now + sweepInterval : .max
    }

    /// Ends a loop whose thread could not be started.
    func exitUnstarted() {
        logger.log(.critical, "An event loop has no thread: the system refused one. Raise its limits.")
        exit()
    }

    private func exit() {
        for message in mailbox.close() {
            if case .adopt(let descriptor, _) = message { close(descriptor) }
        }
        peers = []
        onExit()
    }
}
