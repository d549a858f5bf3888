import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import HTTPServer

/// Clients that read slowly, and answers without an end, over real sockets and in the state machine.
@Suite struct SlowReaderTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    struct Row: Sendable, CustomTestStringConvertible {
        /// Bytes that the client has taken by the end of each second while the socket is blocked.
        var taken: [Int]
        /// The second in which it is closed; nil when it is not.
        var closes: Int?
        var testDescription: String { "\(taken) -> \(closes.map(String.init) ?? "lives")" }
    }

    /// With a stall time of 2 s and a least rate of 100 bytes a second.
    @Test(arguments: [
        Row(taken: [0, 0], closes: 2),
        // A byte now and then is not enough once the stall time is over.
        Row(taken: [0, 1, 1, 2], closes: 4),
        Row(taken: [0, 200, 200, 400, 400, 600, 600, 800], closes: nil),
        Row(taken: [0, 200, 200, 399], closes: nil),
        Row(taken: [0, 100, 100, 199], closes: 4),
        // Far ahead, then nothing at all.
        Row(taken: [0, 100_000, 100_000, 100_000], closes: 4),
        // Far ahead, then slowly: the average counts.
        Row(taken: [0, 100_000, 100_000, 100_001, 100_001, 100_002], closes: nil),
    ]) func aClientIsJudgedByWhatItTakes(_ row: Row) {
        var configuration = HTTPServerConfiguration()
        configuration.writeStallTime = .seconds(2)
        configuration.responseBytesPerSecondMin = 100
        var harness = ConnectionHarness(configuration)
        harness.taken = 5_000
        harness.isSocketBlocked = true
        harness.receive(Self.get)
        var closedIn: Int?
        for (second, taken) in row.taken.enumerated() where closedIn == nil {
            harness.taken = 5_000 + taken
            harness.advance(to: Int64(second + 1) * 1000)
            if harness.isClosed { closedIn = second + 1 }
        }
        #expect(closedIn == row.closes)
        #expect(harness.events == (row.closes == nil ? [] : ["cancel"]))
    }

    @Test func theClockBeginsAnewWhenAllIsSent() {
        var configuration = HTTPServerConfiguration()
        configuration.writeStallTime = .seconds(2)
        var harness = ConnectionHarness(configuration)
        for round in 0..<5 {
            harness.isSocketBlocked = true
            harness.receive(Self.get)
            harness.advance(to: Int64(round + 1) * 1900)
            harness.unblock()
        }
        #expect(!harness.isClosed)
        #expect(harness.statuses == [200, 200, 200, 200, 200])
    }

    @Test func aByteNowAndThenKeepsNoConnection() async throws {
        let body = [UInt8](repeating: 65, count: 32 << 20)
        try await withRunningServer(
            {
                $0.writeStallTime = .milliseconds(100)
                $0.responseBytesPerSecondMin = 10_000_000
            },
            responder: { _ in HTTPResponse(body: HTTPBody(body)) },
            { port, server in
                let client = try await blocking {
                    let client = try TestClient(port: port, receiveBufferBytes: 4096)
                    try client.send(Self.get)
                    _ = try client.read(100)
                    // So slowly that it would take an hour; until the server has had enough of it.
                    while server.connectionCount > 0 {
                        _ = try client.read(100)
                        usleep(10_000)
                    }
                    return client
                }
                client.close()
            }
        )
    }

    @Test func aSlowClientThatKeepsTheRateGetsEverything() async throws {
        let count = 6 << 20
        try await withServer(
            { $0.writeStallTime = .seconds(1) },
            responder: { _ in HTTPResponse(body: HTTPBody([UInt8](repeating: 65, count: count))) }
        ) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            try client.send(Self.get)
            _ = try client.read(through: "\r\n\r\n")
            var bytes = 0
            while bytes < count {
                let part = try client.read(131_072)
                guard !part.isEmpty else { break }
                bytes += part.count
                // All in all longer than the stall time by far.
                usleep(40_000)
            }
            #expect(bytes == count)
        }
    }

    @Test func anEndlessAnswerIsCutOffWhereItIsBounded() async throws {
        let log = RecordingLog()
        try await withServer(
            { $0.streamedResponseBytesMax = 1000 },
            log: log,
            responder: { request in
                let chunks = LockedState(request.path == "/long" ? Int.max : 10)
                return HTTPResponse(
                    body: HTTPBody(length: nil) {
                        chunks.withLock { rest in
                            guard rest > 0 else { return nil }
                            rest -= 1
                            return [UInt8](repeating: 66, count: 100)
                        }
                    }
                )
            }
        ) { port in
            let all = try TestClient(port: port).exchange("GET /short HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(all.head.contains("Transfer-Encoding: chunked"))
            for _ in 0..<2 {
                let short = try TestClient(port: port)
                try short.send("GET /short HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                #expect(try short.readToEnd().hasSuffix("0\r\n\r\n"))
            }
            let long = try TestClient(port: port)
            try long.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            let text = try long.readToEnd()
            #expect(text.filter { $0 == "B" }.count == 1000)
            #expect(!text.hasSuffix("0\r\n\r\n"))
        }
        #expect(
            log.messages(.error) == [
                "A streamed response was cut off: it is longer than 1000 bytes, which is the limit "
                    + "(extensions.server.streamedResponseBytesMax)."
            ]
        )
    }

    @Test func whoSendsManyRequestsAtOnceLetsOthersThrough() async throws {
        let order = LockedState<[String]>([])
        let isSent = LockedState(false)
        try await withServer(
            {
                $0.loopCount = 1
                $0.pipelinedRequestsMax = 4
            },
            responder: { request in
                order.withLock { $0.append(request.path) }
                // Holds the loop until both clients have sent what they have.
                while request.path == "/first", !isSent.withLock({ $0 }) { usleep(500) }
                return .text("ok")
            }
        ) { port in
            let patient = try TestClient(port: port)
            _ = try patient.exchange("GET /before HTTP/1.1\r\nHost: a\r\n\r\n")
            let greedy = try TestClient(port: port)
            let many = String(repeating: "GET /greedy HTTP/1.1\r\nHost: a\r\n\r\n", count: 300)
            try greedy.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + many)
            try patient.send("GET /patient HTTP/1.1\r\nHost: a\r\n\r\n")
            isSent.withLock { $0 = true }
            #expect(try patient.readResponse().body == "ok")
            for _ in 0..<301 { #expect(try greedy.readResponse().body == "ok") }
        }
        let paths = order.withLock { $0 }
        #expect(paths.count == 303)
        let turn = try #require(paths.firstIndex(of: "/patient"))
        // At most the rest of the turn in which it came and one more.
        #expect(turn <= 1 + 4 + 4)
    }
}
