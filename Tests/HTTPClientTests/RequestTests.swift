import FunctionKit
import HTTPClient
import Testing

/// What is sent, and what is refused before a byte goes out.
struct RequestTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

    @Test func bodyInMemoryHasItsLength() async throws {
        try await withServer(always(Self.ok)) { server, client in
            let request = OutboundRequest(
                method: .post,
                url: server.origin,
                headers: ["Content-Type": "application/json", "Idempotency-Key": "k-1", "X-Empty": ""],
                body: HTTPBody("{\"a\":1}")
            ).patient
            _ = try await client.send(request).text()
            let received = try #require(server.requests.first)
            #expect(received.requestLine == "POST / HTTP/1.1")
            #expect(received.text == "{\"a\":1}")
            #expect(received.fields["Content-Length"] == "7")
            #expect(received.fields["Content-Type"] == "application/json")
            #expect(received.fields["Idempotency-Key"] == "k-1")
            #expect(received.fields["X-Empty"] == "")
            #expect(received.fields["Expect"] == nil)
            #expect(received.fields["User-Agent"] == "postern")
        }
    }

    @Test(arguments: [HTTPMethod.put, .patch, .delete, .post, .options])
    func methodIsKept(method: HTTPMethod) async throws {
        try await withServer(always(Self.ok)) { server, client in
            for body in ["", "text"] {
                _ = try await client.send(
                    OutboundRequest(method: method, url: server.origin, body: HTTPBody(body)).patient
                )
                .text()
            }
            #expect(server.requests.map(\.requestLine) == Array(repeating: "\(method) / HTTP/1.1", count: 2))
            #expect(server.requests.map(\.text) == ["", "text"])
            // A body's type is the caller's to say.
            #expect(server.requests.allSatisfy { $0.fields["Content-Type"] == nil })
        }
    }

    @Test(arguments: [true, false])
    func streamedBodyArrivesWhole(hasLength: Bool) async throws {
        let pieces = 64
        let piece = (0..<(64 << 10)).map { UInt8(truncatingIfNeeded: $0) }
        try await withServer(always(Self.ok)) { server, client in
            let count = LockedState(0)
            let body = HTTPBody(length: hasLength ? pieces * piece.count : nil) {
                count.withLock { count in
                    count += 1
                    // Empty chunks are passed over.
                    return count > pieces + 1 ? nil : count == 2 ? [] : piece
                }
            }
            _ = try await client.send(OutboundRequest(method: .put, url: server.origin, body: body).patient).text()
            let received = try #require(server.requests.first)
            #expect(received.fields["Transfer-Encoding"] == (hasLength ? nil : "chunked"))
            #expect(received.fields["Content-Length"] == (hasLength ? "\(pieces * piece.count)" : nil))
            #expect(received.body.count == pieces * piece.count)
            #expect(received.body.prefix(piece.count) == piece[...])
        }
    }

    @Test(arguments: [(2, "short"), (9, "a little too long")])
    func streamedBodyOfAnotherLengthIsRefused(length: Int, text: String) async throws {
        try await withServer({ peer in _ = peer.readRequest() }) { server, client in
            let count = LockedState(0)
            let body = HTTPBody(length: length == 2 ? 50 : length) {
                count.withLock { count in
                    count += 1
                    return count == 1 ? Array(text.utf8) : nil
                }
            }
            let error = await failure(
                of: OutboundRequest(method: .post, url: server.origin, body: body).patient,
                with: client
            )
            #expect(error?.code == .invalidRequest)
            #expect(error?.description.contains("does not have the \(length == 2 ? 50 : length) bytes") == true)
        }
    }

    @Test func failingSourceEndsTheExchange() async throws {
        struct SecretCause: Error {}
        try await withServer({ peer in _ = peer.readRequest() }) { server, client in
            let body = HTTPBody { throw SecretCause() }
            let error = await failure(
                of: OutboundRequest(method: .post, url: server.origin, body: body).patient,
                with: client
            )
            #expect(error?.code == .interrupted)
            #expect(error?.description == "The body of the request to \(server.origin) could not be read.")
        }
    }

    /// The rest of the body never comes; whatever was sent of it by then, the exchange ends with the response.
    @Test(arguments: [0, 1, 3])
    func responseMayComeBeforeTheBodyIsSent(sentChunks: Int) async throws {
        try await withServer({ peer in
            _ = peer.readHead()
            for _ in 0..<sentChunks { _ = peer.read("1\r\n.\r\n".utf8.count) }
            peer.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno")
            peer.waitForClose()
        }) { server, client in
            let (chunks, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            for _ in 0..<sentChunks { continuation.yield([46]) }
            let request = OutboundRequest(method: .post, url: server.origin, body: HTTPBody(chunks: chunks)).patient
            let response = try await client.send(request)
            #expect(response.status == .contentTooLarge)
            #expect(try await response.text() == "no")
        }
    }

    @Test(arguments: [
        ("ftp://example.org/", "it does not begin with http:// or https://"),
        ("file:///etc/passwd", "it does not begin with http:// or https://"),
        ("/relative", "it does not begin with http:// or https://"),
        ("", "it does not begin with http:// or https://"),
        ("http://", "its host is missing or malformed"),
        ("http://:80/", "its host is missing or malformed"),
        ("http://[::1/", "its host is missing or malformed"),
        ("http://a%2fb/", "its host is missing or malformed"),
        ("http://user:pass@example.org/", "credentials do not belong into a URL; use a header field"),
        ("http://a@b@c/", "credentials do not belong into a URL; use a header field"),
        ("http://example.org:0/", "its port is not a number from 1 to 65535"),
        ("http://example.org:65536/", "its port is not a number from 1 to 65535"),
        ("http://example.org:8x/", "its port is not a number from 1 to 65535"),
        ("http://example.org:/", "its port is not a number from 1 to 65535"),
    ])
    func malformedURLIsRefused(url: String, reason: String) async {
        let client = CurlHTTPClient()
        let error = await failure(of: OutboundRequest(url: url).patient, with: client)
        #expect(error?.code == .invalidRequest)
        #expect(error?.description == "The URL of an outbound request is refused: \(reason).")
        await client.close()
    }

    @Test(arguments: [
        "http://example.org/a b", "http://exa\nmple.org/", "http://example.org\\@evil/", "http://exämple.org/",
    ])
    func strangeCharactersInURLAreRefused(url: String) async {
        let client = CurlHTTPClient()
        let error = await failure(of: OutboundRequest(url: url).patient, with: client)
        #expect(error?.code == .invalidRequest)
        await client.close()
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-Evil: 1", "the header field 'X-A' has a control character"),
        ("X-A", "a\nb", "the header field 'X-A' has a control character"),
        ("X-A", "a\u{0}b", "the header field 'X-A' has a control character"),
        ("X-A\r\nX-Evil", "1", "the name of a header field is not a token"),
        ("X A", "1", "the name of a header field is not a token"),
        ("", "1", "the name of a header field is not a token"),
    ])
    func headerInjectionIsRefused(name: String, value: String, reason: String) async throws {
        try await withServer(always(Self.ok)) { server, client in
            let request = OutboundRequest(url: server.origin, headers: [name: value]).patient
            let error = await failure(of: request, with: client)
            #expect(error?.code == .invalidRequest)
            #expect(error?.description == "The request to \(server.origin) is refused: \(reason).")
            #expect(server.connectionCount == 0)
        }
    }

    @Test func methodInjectionIsRefused() async {
        let client = CurlHTTPClient()
        let request = OutboundRequest(method: HTTPMethod(rawValue: "GET / HTTP/1.1\r\nX"), url: "http://127.0.0.1:1/")
            .patient
        #expect(await failure(of: request, with: client)?.code == .invalidRequest)
        await client.close()
    }

    @Test func framingIsTheClients() async throws {
        try await withServer(always(Self.ok)) { server, client in
            let request = OutboundRequest(
                method: .post,
                url: server.origin,
                headers: ["Content-Length": "999", "Transfer-Encoding": "chunked", "Connection": "close", "TE": "x"],
                body: HTTPBody("abc")
            ).patient
            _ = try await client.send(request).text()
            let fields = try #require(server.requests.first).fields
            #expect(fields.values(of: "Content-Length") == ["3"])
            #expect(fields["Transfer-Encoding"] == nil)
            #expect(fields["Connection"] == nil)
            #expect(fields["TE"] == nil)
        }
    }

    @Test func dotsInThePathStay() async throws {
        try await withServer(always(Self.ok)) { server, client in
            _ = try await client.send(OutboundRequest(url: "\(server.origin)/a/../b/%2e%2e/c").patient).text()
            #expect(server.requests.first?.requestLine == "GET /a/../b/%2e%2e/c HTTP/1.1")
        }
    }

    /// The server closes each connection when the second request on it arrives, before any answer.
    @Test(arguments: [(HTTPMethod.post, 2), (.get, 3)])
    func onlyIdempotentRequestsAreRepeated(method: HTTPMethod, requestsSeen: Int) async throws {
        try await withServer({ peer in
            _ = peer.readRequest()
            peer.write(Self.ok)
            _ = peer.readRequest()
        }) { server, client in
            let request = OutboundRequest(method: method, url: server.origin).patient
            _ = try await client.send(request).text()
            let error = await failure(of: request, with: client)
            #expect(error?.code == (method == .post ? .interrupted : nil))
            #expect(server.requests.count == requestsSeen)
        }
    }
}
