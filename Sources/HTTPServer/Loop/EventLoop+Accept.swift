import CLinux
import FunctionKit
import Glibc
import Synchronization

/// Accepts one connection of a listener and notes its address; a negative number is the system's error number.
typealias AcceptCall = @Sendable (_ listener: CInt, _ address: inout sockaddr_storage) -> CInt

extension EventLoop {
    /// How many connections are accepted in a row before the open ones get their turn.
    private static let acceptsPerTurn = 16

    /// What the system tells of a connection: each change of its socket, once.
    private static let connectionEvents =
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

    func acceptConnections(of index: Int) {
        let listener = listeners[index]
        for _ in 0..<Self.acceptsPerTurn where !isDraining {
            var address = sockaddr_storage()
            let descriptor = accepting(listener.descriptor, &address)
            guard descriptor < 0 else {
                place(accepted(descriptor, address, index))
                continue
            }
            switch AcceptFailure(errno: -descriptor) {
            case .lost: continue
            case .nobodyWaits: return
            case .noDescriptor: if refuseForWantOfDescriptors(listener) { return }
            case .closed: return unwatch(listener)
            case .exhausted: break
            }
            return pauseAccepting(errno: -descriptor)
        }
    }

    /// The connections of a proxy are those of its clients: they count together with all others, but not for its address.
    private func accepted(_ descriptor: CInt, _ storage: sockaddr_storage, _ listener: Int) -> AcceptedSocket {
        let address = IPAddress(storage)
        let isProxy =
            listeners[listener].expectsProxyHeader
            || limits.trustedProxies.isList && limits.trustedProxies.trusts(address)
        return AcceptedSocket(
            descriptor: descriptor,
            address: address,
            key: isProxy ? nil : AddressKey(storage),
            listener: listener
        )
    }

    /// Serves a new socket here or where there are fewer, so that a few busy clients spread evenly over the processors.
    private func place(_ socket: AcceptedSocket, onlyHere: Bool = false) {
        guard !listeners[socket.listener].expectsProxyHeader || mayBeProxy(socket) else {
            close(socket.descriptor)
            return
        }
        let admission = counts.admit(socket.key)
        guard admission == .admitted else { return refuse(socket, admission) }
        var target = self
        var least = connectionCount.load(ordering: .relaxed) - 1
        for peer in peers where !onlyHere {
            let count = peer.connectionCount.load(ordering: .relaxed)
            if count < least { (target, least) = (peer, count) }
        }
        target.connectionCount.add(1, ordering: .relaxed)
        if target === self {
            open(socket)
        } else if !target.mailbox.post(.adopt(socket)) {
            close(socket.descriptor)
            counts.leave(socket.key)
        }
    }

    func open(_ socket: AcceptedSocket) {
        let descriptor = socket.descriptor
        let listener = listeners[socket.listener]
        var session: TLSSession?
        if listener.speaksTLS {
            session = credentials?.makeSession(descriptor)
            guard session != nil else {
                connectionCount.subtract(1, ordering: .relaxed)
                counts.leave(socket.key)
                close(descriptor)
                return
            }
        }
        if socket.address != nil {
            var yes: CInt = 1
            setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        }
        let index = Int(descriptor)
        while connections.count <= index {
            connections.append(nil)
            deadlines.append(.max)
        }
        generation &+= 1
        let id = ConnectionID(descriptor: descriptor, generation: generation & 0x7FFF_FFFF)
        let state = ConnectionState(
            limits: limits,
            remoteAddress: socket.remoteAddress,
            scheme: session == nil ? .http : .https,
            isTrusted: limits.trustedProxies.trusts(socket.address),
            now: now
        )
        let connection = SocketConnection(
            id: id,
            addressKey: socket.key,
            state: state,
            tls: session,
            awaitsProxyHeader: listener.expectsProxyHeader
        )
        connections[index] = connection
        deadlines[index] = state.deadline
        openCount += 1
        if nextSweep == .max { nextSweep = now + sweepInterval }
        watch(descriptor, events: Self.connectionEvents, key: id.eventKey)
        if isDraining { return drain(connection) }
        // Most clients have sent their request by now; if not, the system tells when.
        connection.isReadable = true
        drive(connection)
    }

    /// Serves those who are connected already and lets nobody else connect.
    func leaveListeners() {
        for (index, listener) in listeners.enumerated() {
            for _ in 0..<configuration.acceptBacklog {
                var address = sockaddr_storage()
                let descriptor = accepting(listener.descriptor, &address)
                if descriptor >= 0 {
                    // The other loops may have ended by now.
                    place(accepted(descriptor, address, index), onlyHere: true)
                } else if AcceptFailure(errno: -descriptor) != .lost {
                    break
                }
            }
            if acceptsAgainAt == .max { unwatch(listener) }
            // A socket that somebody handed over may be listened on by others.
            if listener.isOwned { shutdown(listener.descriptor, CInt(SHUT_RD)) }
        }
    }
}
