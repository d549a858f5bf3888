import FunctionKit
import HTTPClient
import Synchronization
import Testing

/// What comes back: status, fields and body in every framing.
struct ResponseTests {
    @Test func statusFieldsAndBodyArrive() async throws {
        let answer = "HTTP/1.1 201 Created\r\nETag: \"7\"\r\nX-Two: a\r\nx-two:  b \r\nContent-Length: 5\r\n\r\nhello"
        try await withServer(always(answer)) { server, client in
            let response = try await client.send(OutboundRequest(url: "\(server.origin)/a?b=c").patient)
            #expect(response.status == .created)
            #expect(response.headers["etag"] == "\"7\"")
            #expect(response.headers.values(of: "X-Two") == ["a", "b"])
            #expect(response.body.length == 5)
            #expect(try await response.text() == "hello")
            #expect(server.requests.first?.requestLine == "GET /a?b=c HTTP/1.1")
        }
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n",
            "abcde"
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", ""),
        ("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno", "no"),
    ])
    func bodyIsFramed(answer: String, body: String) async throws {
        try await withServer(always(answer)) { server, client in
            for _ in 0..<2 {
                let response = try await client.send(OutboundRequest(url: server.origin).patient)
                #expect(response.headers["Link"] == nil)
                #expect(response.headers["Trailer"] == nil)
                #expect(try await response.text() == body)
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test func bodyWithoutLengthEndsWithTheConnection() async throws {
        try await withServer({ peer in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\n\r\nto the end")
        }) { server, client in
            let response = try await client.send(OutboundRequest(url: server.origin).patient)
            #expect(try await response.text() == "to the end")
        }
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ])
    func anAnswerThatIsThereComesWhole(rest: String) async throws {
        try await withServer(always("HTTP/1.1 200 OK\r\n\(rest)")) { server, client in
            let response = try await client.send(OutboundRequest(url: server.origin).patient)
            #expect(response.body.bytes == Array("hello".utf8))
            #expect(response.body.length == 5)
        }
    }

    @Test func anAnswerWhoseBodyComesLaterIsNotWaitedFor() async throws {
        let gate = Gate()
        try await withServer({ peer in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
            gate.wait()
            peer.write("llo")
        }) { server, client in
            let response = try await client.send(OutboundRequest(url: server.origin).patient)
            #expect(response.body.bytes == nil)
            #expect(response.body.length == 5)
            gate.open()
            #expect(try await response.text() == "hello")
        }
    }

    @Test func headHasFieldsAndNoBody() async throws {
        try await withServer(always("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")) { server, client in
            let request = OutboundRequest(method: .head, url: server.origin, responseBytesMax: 10).patient
            let response = try await client.send(request)
            #expect(response.headers["Content-Length"] == "99999999")
            #expect(try await response.text() == "")
        }
    }

    @Test func redirectIsReturnedAndCookieForgotten() async throws {
        let answer = "HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
        try await withServer(always(answer)) { server, client in
            for _ in 0..<2 {
                let response = try await client.send(OutboundRequest(url: "\(server.origin)/first").patient)
                #expect(response.status == .found)
                _ = try await response.text()
            }
            #expect(server.requests.map(\.requestLine) == Array(repeating: "GET /first HTTP/1.1", count: 2))
            #expect(server.requests.allSatisfy { $0.fields["Cookie"] == nil })
        }
    }

    @Test func contentCodingIsPassedOn() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nbytes"
        try await withServer(always(answer)) { server, client in
            let response = try await client.send(OutboundRequest(url: server.origin).patient)
            #expect(response.headers["Content-Encoding"] == "gzip")
            #expect(try await response.text() == "bytes")
        }
    }

    @Test func serverWaitsForASlowReader() async throws {
        let total = 64 << 20
        let (blockedAt, continuation) = AsyncStream.makeStream(of: Int.self)
        try await withServer({ peer in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            peer.setWriteTimeout(milliseconds: 100)
            let piece = [UInt8](repeating: 7, count: 1 << 20)
            var sent = 0
            var isFirst = true
            while sent < total {
                let count = peer.write(Array(piece.prefix(total - sent)))
                sent += count
                if count < piece.count, isFirst {
                    isFirst = false
                    continuation.yield(sent)
                    // Now the test reads on, however busy the machine is.
                    peer.setWriteTimeout(milliseconds: 0)
                }
            }
            continuation.finish()
        }) { server, client in
            let response = try await client.send(
                OutboundRequest(url: server.origin, responseBytesMax: total).patient
            )
            let source = response.body.makeSource()
            var received = try await source()?.count ?? 0
            var iterator = blockedAt.makeAsyncIterator()
            let sentWhileUnread = await iterator.next()
            // Socket buffers take some megabytes; without backpressure the whole body would have gone.
            #expect(sentWhileUnread.map { $0 < total / 2 } == true)
            while let chunk = try await source() {
                received += chunk.count
                #expect(chunk.count <= 128 << 10)
            }
            #expect(received == total)
        }
    }

    @Test func connectionIsReused() async throws {
        try await withServer(always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) { server, client in
            for _ in 0..<20 { _ = try await client.send(OutboundRequest(url: server.origin).patient).text() }
            #expect(server.connectionCount == 1)
            #expect(client.connectionsOpened == 1)
        }
    }

    @Test func unreadResponseIsEnded() async throws {
        let (closed, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withServer({ peer in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ")
            peer.waitForClose()
            continuation.yield()
        }) { server, client in
            let status = try await client.send(OutboundRequest(url: server.origin).patient).status
            #expect(status == .ok)
            var iterator = closed.makeAsyncIterator()
            #expect(await iterator.next() != nil)
        }
    }

    @Test func hundredAtOnce() async throws {
        try await withServer({ peer in
            while let request = peer.readRequest() {
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n\(request.text)")
            }
        }) { server, client in
            let url = server.origin
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let request = OutboundRequest(method: .post, url: url, body: HTTPBody("number \(number)"))
                            .patient
                        return try await client.send(request).text() == "number \(number)"
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(server.requests.count == 100)
        }
    }
}
