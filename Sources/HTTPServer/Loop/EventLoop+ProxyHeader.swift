import FunctionKit

extension EventLoop {
    /// Whether a peer may say with a PROXY header whom a connection comes from: anybody, unless proxies are named.
    func mayBeProxy(_ socket: AcceptedSocket) -> Bool {
        guard limits.trustedProxies.isList, !limits.trustedProxies.trusts(socket.address) else { return true }
        logger.warning(
            "A connection from \(socket.remoteAddress) was closed: this listener serves proxies (extensions.server.proxyProtocol), and "
                + "that address is not one of extensions.server.trustedProxies."
        )
        return false
    }
}
