import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// Streamed bodies in both directions over real sockets.
@Suite struct StreamingTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Counts, and wakes whoever waits for a number.
    private final class Counter: Sendable {
        private let state = LockedState((count: 0, waiters: [(Int, CheckedContinuation<Void, Never>)]()))

        var count: Int { state.withLock { $0.count } }

        @discardableResult
        func add(_ amount: Int = 1) -> Int {
            let (count, ready) = state.withLock { state in
                state.count += amount
                let count = state.count
                let ready = state.waiters.filter { $0.0 <= count }.map(\.1)
                state.waiters.removeAll { $0.0 <= count }
                return (count, ready)
            }
            for waiter in ready { waiter.resume() }
            return count
        }

        func reaches(_ number: Int) async {
            await withCheckedContinuation { continuation in
                let isReached = state.withLock { state in
                    if state.count >= number { return true }
                    state.waiters.append((number, continuation))
                    return false
                }
                if isReached { continuation.resume() }
            }
        }
    }

    @Test func streamsAResponseInChunks() async throws {
        try await withServer(responder: { _ in
            let counter = Counter()
            return HTTPResponse(
                body: HTTPBody(source: {
                    await Task.yield()
                    let count = counter.add()
                    return count <= 3 ? Array("part \(count)\n".utf8) : nil
                })
            )
        }) { port in
            let client = try TestClient(port: port)
            for _ in 0..<2 {
                try client.send(Self.get)
                #expect(try client.read(through: "\r\n\r\n").contains("Transfer-Encoding: chunked\r\n"))
                #expect(
                    try client.read(through: "0\r\n\r\n")
                        == "7\r\npart 1\n\r\n7\r\npart 2\n\r\n7\r\npart 3\n\r\n0\r\n\r\n"
                )
            }
        }
    }

    @Test func waitsForASlowReader() async throws {
        let asked = Counter()
        let chunk = [UInt8](repeating: 65, count: 1 << 20)
        try await withServer(responder: { _ in
            HTTPResponse(body: HTTPBody(length: 64 << 20, source: { asked.add() <= 64 ? chunk : nil }))
        }) { port in
            let client = try TestClient(port: port, receiveBufferBytes: 65_536)
            try client.send(Self.get)
            var received = try client.read(through: "\r\n\r\n").isEmpty ? 0 : 0
            // Nothing more is read here: what was asked for is at most what fits the sockets' buffers.
            while received < 1 << 20 { received += try client.read().count }
            #expect(asked.count < 32)
            while received < 64 << 20 { received += try client.read(1 << 20).count }
            #expect(received == 64 << 20)
        }
    }

    @Test func endsTheConnectionWhenASourceFails() async throws {
        struct Broken: Error {}
        let log = RecordingLog()
        try await withServer(
            log: log,
            responder: { _ in
                let counter = Counter()
                return HTTPResponse(
                    body: HTTPBody(source: {
                        guard counter.add() < 2 else { throw Broken() }
                        return Array("abc".utf8)
                    })
                )
            }
        ) { port in
            let client = try TestClient(port: port)
            try client.send(Self.get)
            let text = try client.readToEnd()
            #expect(text.hasSuffix("3\r\nabc\r\n"))
        }
        #expect(log.messages(.warning) == ["A streamed response broke off: Broken()"])
    }

    @Test func readsALargeUploadAsAStream() async throws {
        try await withServer(responder: { request in
            guard request.body.bytes == nil else { return .text("in memory") }
            var sum = 0
            do {
                let source = request.body.makeSource()
                while let bytes = try await source() {
                    await Task.yield()
                    sum += bytes.count
                }
            } catch { return .text("\(error)", status: .badRequest) }
            return .text("\(sum)")
        }) { port in
            let client = try TestClient(port: port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n")
            try client.send([UInt8](repeating: 66, count: 20_000_000))
            #expect(try client.readResponse().body == "20000000")
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<100 { try client.send("4e20\r\n" + String(repeating: "x", count: 20_000) + "\r\n") }
            try client.send("0\r\n\r\n")
            #expect(try client.readResponse().body == "2000000")
            #expect(try client.exchange(Self.get).body == "in memory")
        }
    }

    @Test func cancelsTheCallOfAVanishedClient() async throws {
        let started = Counter()
        let cancelled = Counter()
        try await withRunningServer(responder: { _ in
            await withTaskCancellationHandler {
                started.add()
                await cancelled.reaches(1)
            } onCancel: {
                cancelled.add()
            }
            return .text("late")
        }) { port, _ in
            let client = try await blocking {
                let client = try TestClient(port: port)
                try client.send(Self.get)
                return client
            }
            await started.reaches(1)
            client.resetOnClose()
            client.close()
            await cancelled.reaches(1)
            #expect(cancelled.count == 1)
        }
    }

    @Test func cancelsAStreamThatNobodyReads() async throws {
        let ended = Counter()
        let chunk = [UInt8](repeating: 65, count: 1 << 20)
        try await withRunningServer(responder: { _ in
            HTTPResponse(
                body: HTTPBody(source: {
                    if Task.isCancelled { ended.add() }
                    return chunk
                })
            )
        }) { port, server in
            let client = try await blocking {
                let client = try TestClient(port: port)
                try client.send(Self.get)
                _ = try client.read(through: "\r\n\r\n")
                return client
            }
            client.resetOnClose()
            client.close()
            // Only returns once the connection is gone, however much the source still has.
            await server.stop(grace: .seconds(5))
            #expect(server.port == nil)
        }
    }
}
