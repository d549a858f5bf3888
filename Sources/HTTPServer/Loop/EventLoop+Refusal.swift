import CLinux
import FunctionKit
import Glibc

/// Why a connection is not served, as the log tells it: one throttle for each, so that a flood of one kind hides no other.
struct RefusalLog {
    var connections = LogThrottle()
    var address = LogThrottle()
    var descriptors = LogThrottle()
    var memory = LogThrottle()
    var strangers = LogThrottle()
    var proxyHeaders = LogThrottle()
}

extension EventLoop {
    /// Answers a connection that is one too many with 503 and closes it.
    func refuse(_ socket: AcceptedSocket, _ admission: ConnectionTable.Admission) {
        turnAway(socket.descriptor, listeners[socket.listener])
        if admission == .tooManyOfAddress {
            guard let count = refusals.address.note(now: now) else { return }
            let bound = configuration.connectionsPerAddressMax
            logger.warning(
                "\(counted(count)) refused with 503, the last one from \(socket.remoteAddress): \(bound) of its address are "
                    + "open, which is the limit (extensions.server.connectionsPerAddressMax)."
            )
        } else {
            guard let count = refusals.connections.note(now: now) else { return }
            logger.warning(
                "\(counted(count)) refused with 503: \(configuration.connectionsMax) are open, which is the limit "
                    + "(extensions.server.connectionsMax)."
            )
        }
    }

    private func turnAway(_ descriptor: CInt, _ listener: Listener) {
        let answer: StaticString =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
        // What has arrived is taken: closing a socket with unread bytes is a reset, which would overtake the answer.
        recv(descriptor, readBuffer.baseAddress, readBuffer.count, CInt(MSG_DONTWAIT))
        // Without a handshake, a client of TLS could not read it.
        if !listener.speaksTLS { send(descriptor, answer.utf8Start, answer.utf8CodeUnitCount, CInt(MSG_NOSIGNAL)) }
        shutdown(descriptor, CInt(SHUT_WR))
        close(descriptor)
    }

    /// Without a descriptor to accept with, the waiting connection would wake the loop for ever: the reserve is given up
    /// for the moment that it takes to accept it and turn it away. False when there is no reserve, because somebody else was quicker.
    func refuseForWantOfDescriptors(_ listener: Listener) -> Bool {
        if reserveDescriptor < 0 { reserveDescriptor = Self.openReserve() }
        guard reserveDescriptor >= 0 else { return false }
        close(reserveDescriptor)
        var address = sockaddr_storage()
        let descriptor = accepting(listener.descriptor, &address)
        if descriptor >= 0 { turnAway(descriptor, listener) }
        reserveDescriptor = Self.openReserve()
        if let count = refusals.descriptors.note(now: now) {
            logger.error(
                "\(counted(count)) refused with 503: this process may not open more files. Raise its limit (ulimit -n)."
            )
        }
        return true
    }

    static func openReserve() -> CInt { Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Lets the listener rest; who connects waits in the system's queue.
    func pauseAccepting(errno code: CInt) {
        for listener in listeners { unwatch(listener) }
        acceptsAgainAt = now + AcceptFailure.pauseMilliseconds
        guard refusals.memory.note(now: now) != nil else { return }
        logger.error("New connections wait: the system cannot accept them now (\(systemErrorText(code))).")
    }

    /// Wakes the listener that rested long enough.
    func goOnAccepting() {
        guard now >= acceptsAgainAt else { return }
        acceptsAgainAt = .max
        if !isDraining { watchListeners() }
    }

    func counted(_ count: Int) -> String { count == 1 ? "A connection was" : "\(count) connections were" }
}
