import CLinux
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
        case .adopt(let descriptor, let remoteAddress): open(descriptor, remoteAddress: remoteAddress)
        case .response(let id, let response, let gate):
            guard let connection = connection(id) else {
                gate?.close()
                return
            }
            respond(connection, response, gate)
            drive(connection)
        case .responseChunk(let id, let bytes):
            guard let connection = connection(id) else { return }
            connection.state.sendChunk(bytes, output: &output, now: now)
            drive(connection)
        case .responseEnd(let id):
            guard let connection = connection(id) else { return }
            connection.gate = nil
            connection.task = nil
            connection.state.sendEnd(output: &output, now: now)
            drive(connection)
        case .responseFailed(let id):
            guard let connection = connection(id) else { return }
            connection.state.sendFailed(now: now)
            drive(connection)
        case .bodyDemand(let id):
            guard let connection = connection(id) else { return }
            connection.state.resumeBody(now: now)
            drive(connection)
        case .drain(let deadline): drain(until: deadline)
        }
    }

    private func drain(until deadline: Int64) {
        guard !isDraining else { return }
        isDraining = true
        drainDeadline = deadline
        epoll_ctl(epoll, EPOLL_CTL_DEL, listener, nil)
        for case let connection? in connections {
            connection.state.drain(now: now)
            drive(connection)
        }
        if openCount > 0 { nextSweep = min(nextSweep, now + sweepInterval) }
    }
}
