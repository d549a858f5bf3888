import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// Starting and stopping.
@Suite struct LifecycleTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func server(address: String = "127.0.0.1", port: Int) -> HTTPServer {
        var configuration = HTTPServerConfiguration()
        configuration.address = address
        configuration.port = port
        configuration.loopCount = 1
        return HTTPServer(
            configuration: configuration,
            responder: ClosureResponder { _ in .text("hi") },
            logger: Logger(sink: RecordingLog(), category: "Host.HTTP")
        )
    }

    private static func startError(_ server: HTTPServer) -> HTTPServerError? {
        do throws(HTTPServerError) {
            try server.start()
            return nil
        } catch { return error }
    }

    @Test func namesAPortThatIsTaken() async throws {
        try await withRunningServer { port, _ in
            let error = Self.startError(Self.server(port: port))
            #expect(error?.code == .portInUse)
            #expect(
                error?.description == "Cannot listen on 127.0.0.1 port \(port): another process listens there. "
                    + "Stop it or choose another port."
            )
        }
    }

    @Test(arguments: [
        (
            "192.0.2.1", 0,
            "Cannot listen on 192.0.2.1 port 0: this machine has no such address. Use 127.0.0.1, 0.0.0.0 or one of its own."
        ),
        (
            "localhost", 0,
            "Cannot listen on 'localhost': it is not a numeric IPv4 or IPv6 address, such as 127.0.0.1 or ::1."
        ),
        ("", 0, "Cannot listen on '': it is not a numeric IPv4 or IPv6 address, such as 127.0.0.1 or ::1."),
        ("127.0.0.1", 65_536, "Cannot listen on port 65536: use 0 to 65535."),
        ("127.0.0.1", -1, "Cannot listen on port -1: use 0 to 65535."),
    ])
    func namesAnAddressThatCannotBe(address: String, port: Int, message: String) {
        let error = Self.startError(Self.server(address: address, port: port))
        #expect(error?.code == .addressUnavailable)
        #expect(error?.description == message)
    }

    @Test func startsOnlyOnce() async throws {
        try await withRunningServer { _, server in
            #expect(Self.startError(server)?.code != nil)
        }
    }

    @Test func servesOnASocketThatIsHandedOver() async throws {
        let socket = try ListeningSocket(address: "127.0.0.1", port: 0, backlog: 16)
        let server = Self.server(port: 1)
        try server.start(adopting: socket.descriptor)
        let body = try await blocking { try TestClient(port: socket.port).exchange(Self.get).body }
        #expect(body == "hi")
        await server.stop(grace: .zero)
        #expect(throws: HTTPServerError.self) { try Self.server(port: 1).start(adopting: 100_000) }
    }

    /// A client whose call runs, and one that has sent half a request.
    private static func busyAndIdle(_ port: Int) async throws -> (busy: TestClient, idle: TestClient) {
        try await blocking {
            let idle = try TestClient(port: port)
            try idle.send("GET / HT")
            let busy = try TestClient(port: port)
            try busy.send(get)
            return (busy, idle)
        }
    }

    @Test(.timeLimit(.minutes(5))) func letsARunningCallFinish() async throws {
        let clock = ManualClock()
        try await withRunningServer(responder: { _ in
            try? await clock.sleep(for: .seconds(1))
            return .text("done")
        }) { port, server in
            let (busy, idle) = try await Self.busyAndIdle(port)
            await clock.waitForSleepers()
            async let stopped: Void = server.stop(grace: .seconds(600))
            clock.advance(by: .seconds(1))
            let text = try await blocking {
                try idle.send("TP/1.1\r\nHost: a\r\n\r\n")
                return try busy.readToEnd()
            }
            #expect(text.hasSuffix("done"))
            await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
            let last = try await blocking { try idle.readToEnd() }
            #expect(last.contains("Connection: close\r\n"))
            await stopped
            let refused = await (try? blocking { try TestClient(port: port) }) == nil
            #expect(refused)
        }
    }

    @Test func endsACallThatOutlivesTheGrace() async throws {
        let clock = ManualClock()
        try await withRunningServer(responder: { _ in
            do { try await clock.sleep(for: .seconds(1000)) } catch { return .text("cancelled") }
            return .text("done")
        }) { port, server in
            let client = try await blocking {
                let client = try TestClient(port: port)
                try client.send(Self.get)
                return client
            }
            await clock.waitForSleepers()
            await server.stop(grace: .milliseconds(20), cancelGrace: .seconds(60))
            let text = try await blocking { try client.readToEnd() }
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("cancelled"))
            #expect(text.contains("Connection: close\r\n"))
        }
    }

    @Test func leavesACallBehindThatIgnoresItsCancellation() async throws {
        let (clock, owner) = (ManualClock(), LeftBehindNotes())
        try await withRunningServer(
            owner: owner,
            responder: { _ in
                // Unstructured, so that the call's cancellation does not reach it.
                await Task { try? await clock.sleep(for: .seconds(1000)) }.value
                return .text("done")
            }
        ) { port, server in
            let (busy, idle) = try await Self.busyAndIdle(port)
            await clock.waitForSleepers()
            await server.stop(grace: .milliseconds(20), cancelGrace: .milliseconds(20))
            let (text, rest) = try await blocking { (try busy.readToEnd(), try idle.readToEnd()) }
            #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(text.hasSuffix("Service Unavailable: The server stops, and the function did not answer in time.\n"))
            #expect(rest == "")
            #expect(owner.ids.withLock { $0 } == [ClosureResponder.invocation])
            clock.advance(by: .seconds(1000))
        }
    }

    @Test func anAnswerThatAStopCutsOffDoesNotLookComplete() async throws {
        let (chunks, source) = AsyncStream.makeStream(of: [UInt8].self)
        source.yield(Array("begun".utf8))
        try await withRunningServer(responder: { _ in HTTPResponse(body: HTTPBody(chunks: chunks)) }) { port, server in
            let client = try await blocking {
                let client = try TestClient(port: port)
                try client.send(Self.get)
                _ = try client.read(through: "begun")
                return client
            }
            // The stream ends when its reader is cancelled, and not because it is over.
            await server.stop(grace: .milliseconds(20), cancelGrace: .seconds(60))
            let text = try await blocking { try client.readToEnd() }
            #expect(!text.hasSuffix("0\r\n\r\n"))
        }
        source.finish()
    }

    @Test func stopsWithoutHavingStarted() async {
        let server = Self.server(port: 0)
        await server.stop(grace: .seconds(1))
        #expect(server.port == nil)
    }
}

/// Notes which calls the server has left behind.
private final class LeftBehindNotes: HTTPCallOwner {
    let ids = LockedState<[InvocationID]>([])

    func held(nanoseconds: Int64) {}
    func ranOutOfTime(_ id: InvocationID) {}
    func leftBehind(_ id: InvocationID) { ids.withLock { $0.append(id) } }
}
