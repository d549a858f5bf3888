import CLinux
import FunctionKit
import Glibc

extension EventLoop {
    /// Says why a connection breaks off, where its beginning or TLS knows more than that the peer has gone. A client that speaks plain HTTP is
    /// told, since its user sees nothing else.
    func explainFailure(of connection: SocketConnection) {
        if let complaint = connection.complaint {
            logger.warning("A connection from \(connection.state.peer.remoteAddress) was closed: \(complaint).")
        }
        guard let tls = connection.tls, let reason = tls.failure else { return }
        if tls.metPlainHTTP {
            let answer: StaticString = """
                HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 54\r\n\
                Connection: close\r\n\r\nBad Request: This port speaks HTTPS. Use https:// URL.
                """
            Glibc.send(connection.id.descriptor, answer.utf8Start, answer.utf8CodeUnitCount, CInt(MSG_NOSIGNAL))
            shutdown(connection.id.descriptor, CInt(SHUT_WR))
        }
        logger.debug("TLS with \(connection.state.peer.remoteAddress) broke off: \(reason).")
    }
}
