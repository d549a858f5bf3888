import CLinux
import FunctionKit
import Glibc

extension EventLoop {
    func readMailbox() {
        var messages = mailbox.take(spare: spareMessages)
        spareMessages = []
        for message in messages { take(message) }
        messages.removeAll(keepingCapacity: messages.capacity <= 4096)
        spareMessages = messages
    }

    private func take(_ message: LoopMessage) {
        switch message {
        case .adopt(let socket): open(socket)
        case .responsePart(let id, let part):
            guard let connection = connection(id), let part = connection.parts.arrive(part) else { return }
            pass(part, to: connection)
            drive(connection)
        case .job(let job, let call): jobs.append((job, call))
        case .bodyDemand(let id):
            guard let connection = connection(id) else { return }
            connection.state.resumeBody(now: now)
            drive(connection)
        case .drain(let deadlines): drain(until: deadlines)
        }
    }

    func noteCutOff() {
        logger.error(
            "A streamed response was cut off: it is longer than \(limits.streamedResponseBytesMax) bytes, which is the limit "
                + "(extensions.server.streamedResponseBytesMax)."
        )
    }

    /// Ends a connection behind what it has sent by now: a request that lies unread in the socket was accepted, and is answered.
    func drain(_ connection: SocketConnection) {
        connection.state.announceDrain()
        connection.isReadable = true
        drive(connection)
        guard !connection.isClosed else { return }
        connection.state.drain(now: now)
        drive(connection)
    }

    private func drain(until deadlines: DrainDeadlines) {
        guard !isDraining else { return }
        isDraining = true
        drainDeadlines = deadlines
        leaveListeners()
        for case let connection? in connections { drain(connection) }
        if openCount > 0 { nextSweep = min(nextSweep, now + sweepInterval) }
    }
}
