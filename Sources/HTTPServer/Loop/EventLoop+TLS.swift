import CLinux
import FunctionKit
import Glibc

extension EventLoop {
    private static let speaksHTTPS = """
        Content-Type: text/plain; charset=utf-8\r\nContent-Length: 54\r\nConnection: close\r\n\r\n\
        Bad Request: This port speaks HTTPS. Use https:// URL.
        """

    /// Says why a connection breaks off, where its beginning or TLS knows more than that the peer has gone. A client that speaks plain HTTP is
    /// told, since its user sees nothing else.
    func explainFailure(of connection: SocketConnection) {
        guard let tls = connection.tls, let reason = tls.failure else { return }
        if tls.metPlainHTTP {
            let answer = Array("HTTP/1.1 400 Bad Request\r\n".utf8) + date.line + Array(Self.speaksHTTPS.utf8)
            Glibc.send(connection.id.descriptor, answer, answer.count, CInt(MSG_NOSIGNAL))
            shutdown(connection.id.descriptor, CInt(SHUT_WR))
        }
        logger.debug("TLS with \(connection.state.peer.remoteAddress) broke off: \(reason).")
    }
}
