import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// Ordinary exchanges over real sockets.
@Suite struct ServingTests {
    private static let get = "GET /api/hello HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func answersOnAConnectionThatLivesOn() async throws {
        try await withServer { port in
            let client = try TestClient(port: port)
            for _ in 0..<3 {
                let response = try client.exchange(Self.get)
                #expect(response.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(response.head.contains("\r\nDate: "))
                #expect(response.head.contains("\r\nContent-Length: 12\r\n"))
                #expect(!response.head.contains("Connection:"))
                #expect(response.body == "hello, world")
            }
        }
    }

    @Test func passesTheRequestOn() async throws {
        try await withServer(responder: { request in
            .text(
                "\(request.method) \(request.path) \(request.query ?? "-") \(request.headers["X-A"] ?? "-") "
                    + "\(request.remoteAddress) \((try? await request.body.collect()).map { $0.count } ?? -1)"
            )
        }) { port in
            let client = try TestClient(port: port)
            let response = try client.exchange(
                "POST /a%2Fb?c=%20 HTTP/1.1\r\nHost: a\r\nX-A:  b c \r\nContent-Length: 4\r\n\r\nbody"
            )
            #expect(response.body == "POST /a%2Fb c=%20 b c 127.0.0.1 4")
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await withServer(responder: { request in
            // Every other answer comes from another thread.
            if request.path.hasSuffix("1") { await Task.yield() }
            return .text(request.path)
        }) { port in
            let client = try TestClient(port: port)
            let paths = (0..<50).map { "/\($0 / 2)/\($0 % 2)" }
            try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
            for path in paths { #expect(try client.readResponse().body == path) }
        }
    }

    @Test func answersHeadWithoutABody() async throws {
        try await withServer { port in
            let client = try TestClient(port: port)
            try client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + Self.get)
            #expect(try client.read(through: "\r\n\r\n").contains("Content-Length: 12\r\n"))
            #expect(try client.readResponse().body == "hello, world")
        }
    }

    @Test func answersAHalfClosedClient() async throws {
        try await withServer(responder: { _ in
            await Task.yield()
            return .text("late")
        }) { port in
            let client = try TestClient(port: port)
            try client.send(Self.get + Self.get)
            client.endSending()
            let text = try client.readToEnd()
            #expect(text.components(of: "HTTP/1.1 200 OK").count == 3)
            #expect(text.hasSuffix("late"))
        }
    }

    @Test func sendsContinueToAClientThatWaitsForIt() async throws {
        try await withServer(responder: { request in
            .text("\((try? await request.body.collect(upTo: 1 << 24))?.count ?? -1)")
        }) { port in
            for length in [5, 1_000_000] {
                let client = try TestClient(port: port)
                try client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n\r\n"
                )
                #expect(try client.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try client.send([UInt8](repeating: 65, count: length))
                #expect(try client.readResponse().body == "\(length)")
            }
        }
    }

    @Test func servesManyClientsAtOnce() async throws {
        try await withRunningServer(responder: { request in
            await Task.yield()
            return .text(request.path)
        }) { port, _ in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try await blocking {
                            let client = try TestClient(port: port)
                            return try (0..<20).count { turn in
                                let response = try client.exchange("GET /\(number)/\(turn) HTTP/1.1\r\nHost: a\r\n\r\n")
                                return response.body == "/\(number)/\(turn)"
                            }
                        }
                    }
                }
                let answered = try await group.reduce(0, +)
                #expect(answered == 1000)
            }
        }
    }

    @Test func sendsLargeBodiesWhole() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServer(responder: { _ in HTTPResponse(body: HTTPBody(body)) }) { port in
            let client = try TestClient(port: port)
            for _ in 0..<2 {
                try client.send(Self.get)
                let head = try client.read(through: "\r\n\r\n")
                #expect(head.contains("Content-Length: 3000000\r\n"))
                var received: [UInt8] = []
                while received.count < body.count { received += try client.read(body.count - received.count) }
                #expect(received == body)
            }
        }
    }
}
