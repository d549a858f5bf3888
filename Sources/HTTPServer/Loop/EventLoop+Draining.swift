/// Until when a server that stops lets its calls go on, in milliseconds of ``SystemTime``.
struct DrainDeadlines: Sendable {
    /// When calls are cancelled, and the other connections closed.
    var cancel = Int64.max
    /// When calls that have not answered are left behind.
    var end = Int64.max
}

extension EventLoop {
    /// Acts on the deadlines of a server that stops.
    func endDrain() {
        if now >= drainDeadlines.end {
            leaveCallsBehind()
        } else if now >= drainDeadlines.cancel {
            // Once is enough.
            drainDeadlines.cancel = .max
            cancelCalls()
        }
    }

    private func cancelCalls() {
        for case let connection? in connections {
            if let call = connection.call, !call.isIdle { call.cancel() } else { vanish(connection) }
        }
    }

    private func leaveCallsBehind() {
        for case let connection? in connections {
            if connection.state.runOutOfGrace(now: now) { drive(connection) }
            vanish(connection)
        }
    }
}
