import CSSL
import Glibc

@testable import HTTPServer

/// A blocking client of TLS that can do what programs do not offer: end one direction, ask for another handshake, count records.
final class TLSTestClient {
    let client: TestClient
    private let context: OpaquePointer
    private let session: OpaquePointer
    private let counter = RecordCounter()
    private var rest: [UInt8] = []

    /// Connects and shakes hands.
    ///
    /// - Parameter prefix: what goes ahead in the clear.
    init(port: Int, version: CInt? = nil, prefix: String = "", receiveBufferBytes: CInt? = nil) throws {
        // OpenSSL's own sockets raise it when the server has gone.
        signal(SIGPIPE, SIG_IGN)
        client = try TestClient(port: port, receiveBufferBytes: receiveBufferBytes)
        try client.send(prefix)
        guard let context = SSL_CTX_new(TLS_client_method()), let session = SSL_new(context) else {
            throw TestClient.Failure(reason: "SSL_new")
        }
        self.context = context
        self.session = session
        if let version { _ = postern_ssl_set_max_version(session, version) }
        postern_ssl_watch_records(
            session,
            { _, _, type, bytes, count, _, counter in
                guard type == SSL3_RT_HEADER, count > 0, let bytes, let counter else { return }
                Unmanaged<RecordCounter>.fromOpaque(counter).takeUnretainedValue()
                    .note(bytes.load(as: UInt8.self))
            },
            Unmanaged.passUnretained(counter).toOpaque()
        )
        SSL_set_fd(session, client.descriptor)
        guard SSL_connect(session) == 1 else { throw failure("SSL_connect") }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    /// How many records of data have come and gone.
    var recordCount: Int { counter.count }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard SSL_write(session, bytes, CInt(bytes.count)) == bytes.count else { throw failure("SSL_write") }
    }

    /// Reads some bytes; empty when the server has said that it ends.
    func read() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = SSL_read(session, &buffer, CInt(buffer.count))
        if count > 0 { return Array(buffer[..<Int(count)]) }
        guard SSL_get_error(session, count) == SSL_ERROR_ZERO_RETURN else { throw failure("SSL_read") }
        return []
    }

    /// Reads until a text has arrived; what follows it stays for the next read through one.
    func read(through end: String) throws -> String {
        let pattern = Array(end.utf8)
        while true {
            if let end = TestClient.endOfFirst(pattern, in: rest) {
                defer { rest.removeFirst(end) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            let bytes = try read()
            guard !bytes.isEmpty else { throw TestClient.Failure(reason: "ended before '\(end)'") }
            rest += bytes
        }
    }

    /// Reads to the server's `close_notify`; a connection that ends without one is a failure.
    func readToEnd() throws -> String {
        var all: [UInt8] = []
        while true {
            let bytes = try read()
            if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += bytes
        }
    }

    /// Tells the server that nothing more will be sent.
    func endSending() { SSL_shutdown(session) }

    /// Asks for another handshake on the same connection, as TLS 1.2 allows.
    func renegotiate() throws {
        guard SSL_renegotiate(session) == 1, SSL_do_handshake(session) == 1 else { throw failure("renegotiation") }
    }

    /// Changes the keys of what is sent, and asks the server to change its own (RFC 8446, section 4.6.3).
    func updateKeys() throws {
        guard SSL_key_update(session, CInt(SSL_KEY_UPDATE_REQUESTED)) == 1, SSL_do_handshake(session) == 1 else {
            throw failure("key update")
        }
    }

    private func failure(_ step: String) -> TestClient.Failure {
        TestClient.Failure(reason: "\(step): \(TLSError.takeReason())")
    }
}

private final class RecordCounter {
    private(set) var count = 0

    /// Notes the first byte of a record's header.
    func note(_ type: UInt8) { if type == 23 { count += 1 } }
}
