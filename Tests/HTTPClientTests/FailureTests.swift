import FunctionKit
import HTTPClient
import Synchronization
import Testing

/// What goes wrong on the way: each failure has its code and a sentence that gives nothing away.
struct FailureTests {
    private static let secretPath = "/key-in-path?token=in-query"

    private func check(
        _ script: @escaping @Sendable (Peer) -> Void,
        timeouts: (firstByte: Duration, total: Duration) = (.seconds(600), .seconds(600)),
        responseBytesMax: Int = 1 << 20,
        _ code: HTTPClientError.Code,
        _ words: String
    ) async throws {
        try await withServer(script) { server, client in
            let request = OutboundRequest(
                url: server.origin + Self.secretPath,
                headers: ["Authorization": "Bearer in-header"],
                firstByteTimeout: timeouts.firstByte,
                totalTimeout: timeouts.total,
                responseBytesMax: responseBytesMax
            )
            let error = await failure(of: request, with: client)
            #expect(error?.code == code)
            #expect(error?.description == words.replacing("ORIGIN", with: server.origin))
        }
    }

    @Test func nobodyListens() async throws {
        // Bound but not listening: nobody else can take the port meanwhile, as they could one that was closed.
        let reserved = try ReservedPort()
        let client = CurlHTTPClient()
        let error = await failure(of: OutboundRequest(url: reserved.origin + Self.secretPath).patient, with: client)
        #expect(error?.code == .unreachable)
        #expect(error?.description == "\(reserved.origin) is unreachable: Connection refused.")
        await client.close()
    }

    @Test func nameDoesNotResolve() async {
        let client = CurlHTTPClient()
        let error = await failure(of: OutboundRequest(url: "http://no-such-host.invalid/x").patient, with: client)
        #expect(error?.code == .unreachable)
        #expect(error?.description == "http://no-such-host.invalid:80 is unreachable: the name does not resolve.")
        await client.close()
    }

    @Test func tlsFails() async throws {
        try await withServer({ peer in peer.write("HTTP/1.1 400 Bad\r\n\r\n") }) { server, client in
            let error = await failure(
                of: OutboundRequest(url: "https://127.0.0.1:\(server.port)/").patient,
                with: client
            )
            #expect(error?.code == .unreachable)
            #expect(
                error?.description.hasPrefix(
                    "https://127.0.0.1:\(server.port) is unreachable: the TLS handshake failed"
                )
                    == true
            )
        }
    }

    @Test func firstByteIsLate() async throws {
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.waitForClose()
            },
            timeouts: (.milliseconds(50), .seconds(600)),
            .timedOut,
            "ORIGIN did not answer in time."
        )
    }

    @Test func bodyStalls() async throws {
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ")
                peer.waitForClose()
            },
            timeouts: (.seconds(2), .seconds(2)),
            .timedOut,
            "ORIGIN did not finish its answer in time."
        )
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf ",
    ])
    func bodyIsCutShort(answer: String) async throws {
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.write(answer)
            },
            .interrupted,
            "ORIGIN closed the connection before its answer was complete."
        )
    }

    @Test func connectionIsResetInTheBody() async throws {
        let gate = Gate()
        try await withServer({ peer in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf ")
            peer.resetOnClose()
            gate.wait()
        }) { server, client in
            let response = try await client.send(OutboundRequest(url: server.origin).patient)
            let source = response.body.makeSource()
            #expect(try await source() == Array("half ".utf8))
            gate.open()
            do {
                _ = try await source()
                Issue.record("The body was taken for whole.")
            } catch let error as HTTPClientError {
                #expect(error.code == .interrupted)
                #expect(error.description.contains("Connection reset by peer"))
                #expect(error.description.contains(server.origin))
            }
        }
    }

    @Test func connectionIsClosedWithoutAnAnswer() async throws {
        try await check(
            { peer in _ = peer.readRequest() },
            .interrupted,
            "ORIGIN closed the connection without an answer."
        )
    }

    @Test(arguments: ["<html>not http</html>\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"])
    func answerIsNotHTTP(answer: String) async throws {
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.write(answer)
            },
            .interrupted,
            "ORIGIN answered something that is not HTTP."
        )
    }

    @Test func upgradeIsRefused() async throws {
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
                peer.waitForClose()
            },
            .interrupted,
            "ORIGIN switched to another protocol unasked."
        )
    }

    @Test func headerSectionIsBounded() async throws {
        let field = "X-Filler: \(String(repeating: "x", count: 8000))\r\n"
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.write("HTTP/1.1 200 OK\r\n")
                while peer.write(field) {}
            },
            .interrupted,
            "ORIGIN answered with a header section of more than 262144 bytes."
        )
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n\(String(repeating: "x", count: 1001))\r\n0\r\n\r\n",
    ])
    func bodyIsBounded(answer: String) async throws {
        try await check(
            { peer in
                _ = peer.readRequest()
                peer.write(answer)
                peer.waitForClose()
            },
            responseBytesMax: 1000,
            .tooLarge,
            "ORIGIN answered with a body of more than 1000 bytes."
        )
    }

    @Test func cancellationEndsTheExchange() async throws {
        let (arrived, arrivedContinuation) = AsyncStream.makeStream(of: Void.self)
        let (closed, closedContinuation) = AsyncStream.makeStream(of: Void.self)
        try await withServer({ peer in
            _ = peer.readRequest()
            arrivedContinuation.yield()
            peer.waitForClose()
            closedContinuation.yield()
        }) { server, client in
            let url = server.origin
            let task = Task { await failure(of: OutboundRequest(url: url).patient, with: client) }
            var arrivals = arrived.makeAsyncIterator()
            _ = await arrivals.next()
            task.cancel()
            let error = await task.value
            #expect(error?.code == .cancelled)
            #expect(error?.description == "The exchange with \(url) was cancelled.")
            var closes = closed.makeAsyncIterator()
            #expect(await closes.next() != nil)
        }
    }

    @Test func cancelledTaskSendsNothing() async throws {
        try await withServer(always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) { server, client in
            let url = server.origin
            let (start, continuation) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                for await _ in start {}
                return await failure(of: OutboundRequest(url: url).patient, with: client)
            }
            task.cancel()
            continuation.finish()
            #expect(await task.value?.code == .cancelled)
        }
    }

    @Test func closeEndsWhatIsLeft() async throws {
        let (arrived, continuation) = AsyncStream.makeStream(of: Void.self)
        try await withServer({ peer in
            _ = peer.readRequest()
            continuation.yield()
            peer.waitForClose()
        }) { server, client in
            let url = server.origin
            async let error = failure(of: OutboundRequest(url: url).patient, with: client)
            var arrivals = arrived.makeAsyncIterator()
            _ = await arrivals.next()
            await client.close()
            #expect(await error?.code == .closed)
            #expect(await failure(of: OutboundRequest(url: url).patient, with: client)?.code == .closed)
        }
    }

    @Test func closingAnUnusedClientIsQuick() async {
        let client = CurlHTTPClient()
        await client.close()
        await client.close()
        #expect(await failure(of: OutboundRequest(url: "http://127.0.0.1:1/").patient, with: client)?.code == .closed)
    }

    @Test func waitingIsBounded() async throws {
        var limits = HTTPClientLimits()
        limits.concurrentMax = 1
        limits.waitingMax = 1
        let (arrived, continuation) = AsyncStream.makeStream(of: Void.self)
        let gate = Gate()
        try await withServer(
            limits: limits,
            { peer in
                while peer.readRequest() != nil {
                    continuation.yield()
                    gate.wait()
                    gate.open()
                    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                }
            }
        ) { server, client in
            let request = OutboundRequest(url: server.origin).patient
            async let first = failure(of: request, with: client)
            var arrivals = arrived.makeAsyncIterator()
            _ = await arrivals.next()
            var impatient = request
            impatient.firstByteTimeout = .milliseconds(30)
            let waited = await failure(of: impatient, with: client)
            #expect(waited?.code == .timedOut)
            #expect(waited?.description == "The request to \(server.origin) waited too long for its turn.")
            // One waits, so the next is refused at once; that makes no difference to the others.
            let (refusals, refused) = AsyncStream.makeStream(of: HTTPClientError.Code?.self)
            await withTaskGroup(of: HTTPClientError.Code?.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        let code = await failure(of: request, with: client)?.code
                        if code != nil { refused.yield(code) }
                        return code
                    }
                }
                var iterator = refusals.makeAsyncIterator()
                #expect(await iterator.next() == .closed)
                gate.open()
                var codes: [HTTPClientError.Code?] = []
                for await code in group { codes.append(code) }
                #expect(codes.filter { $0 == nil }.count == 1)
            }
            #expect(await first == nil)
        }
    }
}
