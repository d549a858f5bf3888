import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import HTTPServer

/// Accepts that fail: the server neither spins nor stops accepting.
@Suite struct AcceptTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(
        arguments: [
            (EAGAIN, AcceptFailure.nobodyWaits), (ECONNABORTED, .lost), (EINTR, .lost), (EPROTO, .lost), (EPERM, .lost),
            (ENETDOWN, .lost), (EHOSTUNREACH, .lost), (EMFILE, .noDescriptor), (ENFILE, .noDescriptor),
            (ENOBUFS, .exhausted), (ENOMEM, .exhausted), (EBADF, .exhausted), (EINVAL, .closed), (0, .exhausted),
        ] as [(CInt, AcceptFailure)]
    ) func anErrorMeans(code: CInt, meaning: AcceptFailure) {
        #expect(AcceptFailure(errno: code) == meaning)
    }

    @Test func aFloodIsOneLineASecond() {
        var throttle = LogThrottle()
        #expect(throttle.note(now: 5000) == 1)
        for moment in 5001..<5100 { #expect(throttle.note(now: Int64(moment)) == nil) }
        #expect(throttle.note(now: 6000) == 100)
        #expect(throttle.note(now: 6999) == nil)
        #expect(throttle.note(now: 60_000) == 2)
    }

    /// Fails a number of times before it accepts.
    private final class Trouble: Sendable {
        private let state: LockedState<(rest: Int, calls: Int)>
        private let code: CInt

        init(_ code: CInt, times: Int) {
            self.code = code
            state = LockedState((times, 0))
        }

        var calls: Int { state.withLock { $0.calls } }

        func accept(_ listener: CInt, _ address: inout sockaddr_storage) -> CInt {
            let fails = state.withLock { state -> Bool in
                state.calls += 1
                guard state.rest > 0 else { return false }
                state.rest -= 1
                return true
            }
            return fails ? -code : SocketCalls.accept(listener, &address)
        }
    }

    @Test(arguments: [ECONNABORTED, EPROTO, ENOBUFS, ENOMEM, EIO])
    func aConnectionThatCouldNotBeAcceptedIsServedLater(code: CInt) async throws {
        let trouble = Trouble(code, times: 5)
        let log = RecordingLog()
        try await withServer(log: log, accepting: trouble.accept) { port in
            for _ in 0..<2 {
                let body = try TestClient(port: port).exchange(Self.get).body
                #expect(body == "hello, world")
            }
        }
        // Five failures, the connections, and the looks at an empty queue behind them: a loop that spun would have made thousands.
        #expect(trouble.calls < 50)
        let isRest = code == ENOBUFS || code == ENOMEM || code == EIO
        #expect(log.messages(.error).contains { $0.hasPrefix("New connections wait: ") } == isRest)
    }

    @Test func withoutADescriptorAConnectionIsTurnedAway() async throws {
        let trouble = Trouble(EMFILE, times: 1)
        let log = RecordingLog()
        // One loop: another one could accept the connection in between.
        try await withServer({ $0.loopCount = 1 }, log: log, accepting: trouble.accept) { port in
            let unlucky = try TestClient(port: port)
            #expect(try unlucky.readToEnd().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(try TestClient(port: port).exchange(Self.get).body == "hello, world")
        }
        #expect(
            log.messages(.error) == [
                "A connection was refused with 503: this process may not open more files. Raise its limit (ulimit -n)."
            ]
        )
    }

    @Test func oneAddressLeavesRoomForOthers() async throws {
        let log = RecordingLog()
        try await withServer({ $0.connectionsPerAddressMax = 2 }, log: log) { port in
            let clients = try (0..<2).map { _ in try TestClient(port: port, source: "127.0.0.2") }
            for client in clients { _ = try client.exchange(Self.get) }
            for _ in 0..<3 {
                let third = try TestClient(port: port, source: "127.0.0.2")
                try third.send(Self.get)
                // Not to the end: a request that comes too late is answered by a reset, behind the answer.
                #expect(try third.read(through: "\r\n") == "HTTP/1.1 503 Service Unavailable\r\n")
            }
            #expect(try TestClient(port: port, source: "127.0.0.3").exchange(Self.get).body == "hello, world")
            clients[0].close()
            // The place is free as soon as the server has seen the end.
            while try !Self.isServed(TestClient(port: port, source: "127.0.0.2")) { usleep(2000) }
            #expect(try clients[1].exchange(Self.get).body == "hello, world")
        }
        #expect(
            log.messages(.warning).first
                == "A connection was refused with 503, the last one from 127.0.0.2: 2 of its address are open, which is the "
                + "limit (extensions.server.connectionsPerAddressMax)."
        )
    }

    private static func isServed(_ client: TestClient) throws -> Bool {
        try client.exchange(get).head.hasPrefix("HTTP/1.1 200 ")
    }

    @Test func theCountIsRightWhateverTheLoops() async throws {
        try await withRunningServer({
            $0.loopCount = 4
            $0.connectionsMax = 40
        }) { port, server in
            let clients = try await blocking {
                let clients = try (0..<60).map { _ in try TestClient(port: port) }
                let statuses = try clients.map { client in
                    try? client.send(Self.get)
                    return try client.read(through: "\r\n").prefix(12)
                }
                #expect(statuses.filter { $0 == "HTTP/1.1 200" }.count == 40)
                #expect(statuses.filter { $0 == "HTTP/1.1 503" }.count == 20)
                return clients
            }
            #expect(server.connectionCount == 40)
            for client in clients { client.close() }
            while server.connectionCount > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
    }
}
