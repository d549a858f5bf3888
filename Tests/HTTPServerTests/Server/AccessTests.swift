import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import HTTPServer

/// What the access log is told of each request.
@Suite struct AccessTests {
    private final class RecordingAccess: AccessLog {
        private let state = LockedState<(entries: [AccessEntry], ids: Int)>(([], 0))

        var entries: [AccessEntry] { state.withLock { $0.entries } }

        func makeRequestID() -> String {
            state.withLock { state in
                state.ids += 1
                return "made-\(state.ids)"
            }
        }

        func log(_ entry: AccessEntry) { state.withLock { $0.entries.append(entry) } }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var request: String
        var entries: [String]
        init(_ request: String, _ entries: String...) {
            self.request = request
            self.entries = entries
        }
        var testDescription: String { request.debugDescription }
    }

    /// Each entry as method, path, status, bytes of the body.
    @Test(arguments: [
        Row("GET /a?code=secret HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a 200 5"),
        Row("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD /a 200 0"),
        Row("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "POST /b 200 5"),
        Row("GET /a HTTP/1.0\r\n\r\n", "GET /a 200 5"),
        Row(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /1 200 5",
            "GET /2 200 5"
        ),
        Row("\0\0\0\r\n", "  400 55"),
        Row("GET / HTTP/1.1\r\n\r\n", "  400 30"),
        Row("POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n", "POST /b 413 50"),
        Row("GET /a HTTP/1.1\r\nHo"),
        Row(""),
    ]) func aRequestIsOneEntry(_ row: Row) {
        var harness = ConnectionHarness(logsAccess: true)
        harness.receive(row.request)
        #expect(harness.logged.map { "\($0.method) \($0.path) \($0.status) \($0.bodyBytes)" } == row.entries)
        #expect(harness.logged.allSatisfy { $0.isComplete })
    }

    @Test func withoutALogNothingIsNoted() {
        var harness = ConnectionHarness()
        harness.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(harness.statuses == [200])
        #expect(harness.logged.isEmpty)
    }

    @Test func anAnswerThatBreaksOffIsNotComplete() {
        var harness = ConnectionHarness(logsAccess: true) { _ in HTTPResponse(body: HTTPBody(length: nil) { nil }) }
        harness.receive("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
        harness.sendChunk("12345")
        harness.sendFailed()
        #expect(harness.logged.map(\.isComplete) == [false])
        #expect(harness.logged.map(\.status) == [200])
        #expect(harness.logged.map(\.bodyBytes) == [5])
    }

    @Test func aFileCountsItsPart() throws {
        let region = try FileRegion(try OpenFile(path: #filePath), offset: 3, length: 7)
        var harness = ConnectionHarness(logsAccess: true) { _ in HTTPResponse(body: HTTPBody(region)) }
        harness.receive("GET /f HTTP/1.1\r\nHost: a\r\n\r\nHEAD /f HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(harness.text.components(of: "\r\n\r\n")[1].hasPrefix("ort Fun"))
        #expect(harness.logged.map(\.bodyBytes) == [7, 0])
        #expect(harness.logged.allSatisfy { $0.isComplete })
    }

    @Test func aStreamedAnswerCountsItsBody() {
        var harness = ConnectionHarness(logsAccess: true) { _ in HTTPResponse(body: HTTPBody(length: nil) { nil }) }
        harness.receive("GET /s HTTP/1.1\r\nHost: a\r\n\r\n")
        harness.sendChunk("12345")
        harness.sendChunk("678")
        #expect(harness.logged.isEmpty)
        harness.sendEnd()
        #expect(harness.logged.map(\.bodyBytes) == [8])
        #expect(harness.logged.map(\.isComplete) == [true])
    }

    @Test func aServerTellsItsLog() async throws {
        let access = RecordingAccess()
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        configuration.loopCount = 1
        let names = LockedState<[String?]>([])
        let isCancelled = LockedState(false)
        let server = HTTPServer(
            configuration: configuration,
            responder: ClosureResponder { request in
                names.withLock { $0.append(request.headers[AccessEntry.requestIDField]) }
                if request.path == "/stay" {
                    try? await Task.sleep(for: .seconds(600))
                    isCancelled.withLock { $0 = true }
                }
                return .text("hello")
            },
            logger: Logger(sink: RecordingLog(), category: "Host.HTTP"),
            accessLog: access
        )
        try server.start()
        let port = try #require(server.port)
        try await blocking {
            let client = try TestClient(port: port)
            let fields = "Host: a\r\nUser-Agent: t/1\r\nReferer: http://b/?q=1\r\n"
            _ = try client.exchange("GET /named HTTP/1.1\r\n\(fields)X-ARR-LOG-ID: mine\r\n\r\n")
            _ = try client.exchange("GET /unnamed HTTP/1.1\r\nHost: a\r\n\r\n")
            try client.send("GET /stay HTTP/1.1\r\nHost: a\r\n\r\n")
            while names.withLock({ $0.count }) < 3 { usleep(500) }
            client.resetOnClose()
            client.close()
            while access.entries.count < 3 { usleep(500) }
        }
        while !isCancelled.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
        await server.stop(grace: .zero)
        let entries = access.entries
        #expect(entries.map(\.path) == ["/named", "/unnamed", "/stay"])
        #expect(entries.map(\.status) == [200, 200, 499])
        #expect(entries.map(\.isComplete) == [true, true, false])
        #expect(entries.map(\.requestID) == ["mine", "made-1", "made-2"])
        #expect(names.withLock { $0 } == ["mine", "made-1", "made-2"])
        #expect(entries.map(\.userAgent) == ["t/1", "", ""])
        #expect(entries.map(\.referrer) == ["http://b/?q=1", "", ""])
        #expect(entries.allSatisfy { $0.remoteAddress == "127.0.0.1" && $0.duration > .zero })
    }
}
