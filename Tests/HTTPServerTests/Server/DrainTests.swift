import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import HTTPServer

/// A stop loses no request that has arrived: not those behind another one, not those that lie unread, not those of a client that
/// nobody has accepted yet.
@Suite struct DrainTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func requestsBehindTheCurrentOneAreAnswered() {
        var harness = ConnectionHarness { _ in nil }
        harness.receive(Self.get + Self.get)
        harness.drain()
        #expect(!harness.isClosed)
        harness.respond(.text("one"))
        #expect(!harness.text.contains("Connection: close"))
        harness.respond(.text("two"))
        #expect(harness.statuses == [200, 200])
        #expect(harness.text.hasSuffix("two"))
        #expect(harness.text.components(of: "Connection: close\r\n").count == 2)
        #expect(harness.isClosed)
    }

    @Test func halfARequestMayBeCompleted() {
        var harness = ConnectionHarness()
        harness.receive("GET / HTTP/1.1\r\nHo")
        harness.drain()
        #expect(!harness.isClosed)
        harness.receive("st: a\r\n\r\n")
        #expect(harness.text.contains("Connection: close\r\n"))
        #expect(harness.isClosed)
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() {
        var harness = ConnectionHarness()
        harness.receive(Self.get)
        harness.drain()
        #expect(harness.statuses == [200])
        #expect(harness.isClosed)
    }

    /// Holds the one loop of a server with a request, has it stopped, lets `late` happen, and releases the loop.
    private static func stopping(
        _ before: @escaping @Sendable (Int) throws -> TestClient?,
        late: @escaping @Sendable (Int, TestClient?) throws -> TestClient
    ) async throws -> String {
        let isReleased = LockedState(false)
        let isHeld = LockedState(false)
        return try await withRunningServer(
            { $0.loopCount = 1 },
            responder: { request in
                if request.path == "/hold" {
                    isHeld.withLock { $0 = true }
                    while !isReleased.withLock({ $0 }) { usleep(500) }
                }
                return .text("done \(request.path)")
            },
            { port, server in
                let (holder, early) = try await blocking {
                    let early = try before(port)
                    let holder = try TestClient(port: port)
                    // Served before, so that it is an event of its own that holds the loop, and not its accept.
                    _ = try holder.exchange(get)
                    try holder.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n")
                    while !isHeld.withLock({ $0 }) { usleep(500) }
                    return (holder, early)
                }
                // Posted to the loop before anything of the late client can be.
                async let stopped: Void = server.stop(grace: .seconds(60))
                while server.port != nil { try await Task.sleep(for: .milliseconds(1)) }
                try await Task.sleep(for: .milliseconds(20))
                let text = try await blocking {
                    let client = try late(port, early)
                    isReleased.withLock { $0 = true }
                    let answer = try client.readToEnd()
                    #expect(try holder.readToEnd().hasSuffix("done /hold"))
                    return answer
                }
                await stopped
                return text
            }
        )
    }

    @Test func aRequestThatLiesUnreadIsAnswered() async throws {
        let text = try await Self.stopping { port in
            let client = try TestClient(port: port)
            _ = try client.exchange(Self.get)
            return client
        } late: { _, client in
            let client = try #require(client)
            try client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
            return client
        }
        #expect(text.hasSuffix("done /late"))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test func aClientThatNobodyHasAcceptedIsAnswered() async throws {
        let text = try await Self.stopping { _ in
            nil
        } late: { port, _ in
            let client = try TestClient(port: port)
            try client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
            return client
        }
        #expect(text.hasSuffix("done /late"))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test func nobodyConnectsWhileRunningCallsAreWaitedFor() async throws {
        let clock = ManualClock()
        try await withRunningServer(responder: { _ in
            try? await clock.sleep(for: .seconds(1))
            return .text("done")
        }) { port, server in
            let busy = try await blocking {
                let busy = try TestClient(port: port)
                try busy.send(Self.get)
                return busy
            }
            await clock.waitForSleepers()
            async let stopped: Void = server.stop(grace: .seconds(60))
            // Refused, and not left waiting for a server that goes away.
            while (try? await blocking { try TestClient(port: port) }) != nil {
                try await Task.sleep(for: .milliseconds(2))
            }
            clock.advance(by: .seconds(1))
            #expect(try await blocking { try busy.readToEnd() }.hasSuffix("done"))
            await stopped
        }
    }
}
