import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// Bounds and refusals over real sockets, with small configured times.
@Suite struct BoundsTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func refusesASlowHeader() async throws {
        try await withServer({ $0.headerTime = .milliseconds(60) }) { port in
            let client = try TestClient(port: port)
            try client.send("GET / HT")
            #expect(try client.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        }
    }

    @Test func closesAnIdleConnection() async throws {
        try await withServer({ $0.idleTime = .milliseconds(60) }) { port in
            let client = try TestClient(port: port)
            _ = try client.exchange(Self.get)
            #expect(try client.read().isEmpty)
        }
    }

    @Test func refusesASlowBody() async throws {
        try await withServer({ $0.bodyGraceTime = .milliseconds(60) }) { port in
            let client = try TestClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx")
            #expect(try client.readToEnd().hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func refusesALargeBodyWhileItIsBeingSent() async throws {
        try await withServer({ $0.bodyBytesMax = 1_000_000 }) { port in
            let client = try TestClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\n")
            // The answer must not be lost to a reset because of what is still on its way.
            try client.send([UInt8](repeating: 65, count: 500_000))
            client.endSending()
            #expect(try client.readToEnd().hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        }
    }

    @Test func refusesConnectionsAboveTheLimit() async throws {
        try await withServer({ $0.connectionsMax = 2 }) { port in
            let first = try TestClient(port: port)
            let second = try TestClient(port: port)
            _ = try first.exchange(Self.get)
            _ = try second.exchange(Self.get)
            let third = try TestClient(port: port)
            #expect(try third.readToEnd().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(try first.exchange(Self.get).body == "hello, world")
        }
    }

    @Test func answersGarbageAndGoesOn() async throws {
        try await withServer { port in
            for garbage in ["\0\0\0", "\u{16}\u{3}\u{1}", "GET", "\r\n\r\n\r\n", "GET / HTTP/3\r\n\r\n"] {
                let client = try TestClient(port: port)
                try client.send(garbage)
                client.endSending()
                #expect(try client.readToEnd().hasPrefix("HTTP/1.1 400 "))
            }
            #expect(try TestClient(port: port).exchange(Self.get).body == "hello, world")
        }
    }

    @Test func replacesAResponseThatWouldSplit() async throws {
        let log = RecordingLog()
        try await withServer(log: log, responder: { _ in HTTPResponse(headers: ["X": "a\r\nSet-Cookie: b=c"]) }) {
            port in
            let response = try TestClient(port: port).exchange(Self.get)
            #expect(response.head.hasPrefix("HTTP/1.1 500 "))
            #expect(!response.head.contains("Set-Cookie"))
        }
        #expect(
            log.messages(.error) == [
                #"A response was replaced by 500: the value of the header field "X" has a control character, such as a line "#
                    + "break. Correct what the function returns."
            ]
        )
    }
}
