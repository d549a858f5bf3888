import FunctionKit

extension EventLoop {
    /// Whether a peer may say with a PROXY header whom a connection comes from: anybody, unless proxies are named.
    func mayBeProxy(_ socket: AcceptedSocket) -> Bool {
        guard limits.trustedProxies.isList, !limits.trustedProxies.trusts(socket.address) else { return true }
        guard let count = refusals.strangers.note(now: now) else { return false }
        logger.warning(
            "\(counted(count)) closed, the last one from \(socket.remoteAddress): this listener serves proxies "
                + "(extensions.server.proxyProtocol), and that address is not one of extensions.server.trustedProxies."
        )
        return false
    }

    /// Says why a connection ends whose PROXY header was not understood, or did not come whole.
    func explainProxyHeader(of connection: SocketConnection) {
        guard connection.awaitsProxyHeader, let reason = connection.complaint,
            let count = refusals.proxyHeaders.note(now: now)
        else { return }
        logger.warning("\(counted(count)) closed, the last one from \(connection.state.peer.remoteAddress): \(reason).")
    }
}
