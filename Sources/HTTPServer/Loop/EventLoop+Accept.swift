import CLinux
import FunctionKit
import Glibc
import Synchronization

extension EventLoop {
    /// How many connections are accepted in a row before the open ones get their turn.
    private static let acceptsPerTurn = 16

    func acceptConnections() {
        for _ in 0..<Self.acceptsPerTurn where !isDraining {
            var address = sockaddr_storage()
            let descriptor = withUnsafeMutablePointer(to: &address) { storage in
                storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                    return postern_accept4(
                        listener,
                        pointer,
                        &length,
                        CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
                    )
                }
            }
            guard descriptor >= 0 else {
                if errno == EMFILE || errno == ENFILE { refuseForWantOfDescriptors() }
                return
            }
            place(descriptor, remoteAddress: SocketAddress.text(of: address))
        }
    }

    /// Serves a new socket here or where there are fewer, so that a few busy clients spread evenly over the processors.
    private func place(_ descriptor: CInt, remoteAddress: String) {
        var total = 0
        var target = self
        var least = connectionCount.load(ordering: .relaxed) - 1
        for peer in peers {
            let count = peer.connectionCount.load(ordering: .relaxed)
            total += count
            if count < least { (target, least) = (peer, count) }
        }
        guard total < configuration.connectionsMax else { return refuse(descriptor) }
        target.connectionCount.add(1, ordering: .relaxed)
        if target === self {
            open(descriptor, remoteAddress: remoteAddress)
        } else if !target.mailbox.post(.adopt(descriptor, remoteAddress: remoteAddress)) {
            close(descriptor)
        }
    }

    func open(_ descriptor: CInt, remoteAddress: String) {
        var yes: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        let index = Int(descriptor)
        while connections.count <= index {
            connections.append(nil)
            deadlines.append(.max)
        }
        generation &+= 1
        let id = ConnectionID(descriptor: descriptor, generation: generation & 0x7FFF_FFFF)
        let state = ConnectionState(limits: limits, remoteAddress: remoteAddress, now: now)
        let connection = SocketConnection(id: id, state: state)
        connections[index] = connection
        deadlines[index] = state.deadline
        openCount += 1
        if nextSweep == .max { nextSweep = now + sweepInterval }
        let key = UInt64(UInt32(bitPattern: descriptor)) | UInt64(id.generation) << 32
        watch(
            descriptor,
            events: EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue,
            key: key
        )
        if isDraining { connection.state.drain(now: now) }
        // Most clients have sent their request by now; if not, the system tells when.
        connection.isReadable = true
        drive(connection)
    }

    private func refuse(_ descriptor: CInt) {
        let answer: StaticString =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
        send(descriptor, answer.utf8Start, answer.utf8CodeUnitCount, CInt(MSG_NOSIGNAL))
        shutdown(descriptor, CInt(SHUT_WR))
        close(descriptor)
        logger.warning(
            "A connection was refused with 503: \(configuration.connectionsMax) are open, which is the limit."
        )
    }

    /// Without a descriptor to accept with, the waiting connection would wake the loop for ever: the reserve is given up
    /// for the moment that it takes to accept and close it.
    private func refuseForWantOfDescriptors() {
        guard reserveDescriptor >= 0 else { return }
        close(reserveDescriptor)
        let descriptor = accept(listener, nil, nil)
        if descriptor >= 0 { close(descriptor) }
        reserveDescriptor = Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC)
        logger.error("A connection was closed: this process may not open more files. Raise its limit (ulimit -n).")
    }
}
