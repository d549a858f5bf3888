import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import HTTPServer

/// Requests and answers by TLS.
@Suite struct TLSServingTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test func theRequestIsSecure() async throws {
        let certificate = try TestCertificate()
        try await withServer(
            credentials: TLSCredentials(certificate.source),
            responder: { .text("\($0.scheme.rawValue) \($0.isSecure) \($0.remoteAddress)") }
        ) { port in
            let client = try TLSTestClient(port: port)
            try client.send(Self.last)
            #expect(try client.readToEnd().hasSuffix("https true 127.0.0.1"))
        }
        try await withServer(responder: { .text("\($0.scheme.rawValue) \($0.isSecure)") }) { port in
            let client = try TestClient(port: port)
            #expect(try client.exchange(Self.get).body == "http false")
        }
    }

    /// Counts what comes on one connection after the handshake and its tickets.
    @Test(arguments: [10, 16_000, 16_385, 40_000])
    func anAnswerTakesAsFewRecordsAsItCan(bodyBytes: Int) async throws {
        let certificate = try TestCertificate()
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes)
        try await withServer(
            credentials: TLSCredentials(certificate.source),
            responder: { _ in HTTPResponse(body: HTTPBody(body)) }
        ) { port in
            let client = try TLSTestClient(port: port, version: 0x0303)
            let before = client.recordCount
            try client.send(Self.last)
            let answer = try client.readToEnd()
            // Our request is one of them.
            let records = client.recordCount - before - 1
            #expect(records == (answer.utf8.count + 16_383) / 16_384)
            #expect(answer.utf8.suffix(bodyBytes).elementsEqual(body))
        }
    }

    @Test func anOrderlyEndIsTold() async throws {
        let certificate = try TestCertificate()
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            for request in [Self.last, "nonsense\r\n\r\n", Self.get + Self.last] {
                let client = try TLSTestClient(port: port)
                try client.send(request)
                // Fails without close_notify.
                #expect(try client.readToEnd().contains("HTTP/1.1 "))
            }
        }
    }

    @Test(arguments: [true, false])
    func aClientMayEndItsSideFirst(isOrderly: Bool) async throws {
        let certificate = try TestCertificate()
        try await withServer(
            credentials: TLSCredentials(certificate.source),
            responder: { request in
                try? await Task.sleep(for: .milliseconds(50))
                return .text("late")
            }
        ) { port in
            let client = try TLSTestClient(port: port)
            try client.send(Self.get)
            if isOrderly { client.endSending() } else { client.client.endSending() }
            #expect(try client.readToEnd().hasSuffix("late"))
        }
    }

    @Test func largeBodiesGoBothWays() async throws {
        let certificate = try TestCertificate()
        try await withServer(
            credentials: TLSCredentials(certificate.source),
            responder: { request in
                guard let bytes = try? await request.body.collect(upTo: 64 << 20) else { return .text("cut") }
                return HTTPResponse(body: HTTPBody(bytes))
            }
        ) { port in
            try certificate.run("head -c 12345678 /dev/urandom > sent")
            for options in ["", "--tls-max 1.2", "-H 'Transfer-Encoding: chunked'", "--limit-rate 20M"] {
                try certificate.run(
                    "curl -sS --max-time 100 --cacert cert.pem \(options) --data-binary @sent -o got https://localhost:\(port)/ "
                        + "--resolve localhost:\(port):127.0.0.1 && cmp sent got"
                )
            }
        }
    }

    @Test func aStreamedAnswerArrivesAsItIsMade() async throws {
        let certificate = try TestCertificate()
        try await withServer(
            credentials: TLSCredentials(certificate.source),
            responder: { _ in
                let count = LockedState(0)
                return HTTPResponse(
                    body: HTTPBody {
                        let number = count.withLock { count -> Int in
                            count += 1
                            return count
                        }
                        return number <= 100 ? [UInt8](repeating: UInt8(ascii: "s"), count: 30_000) : nil
                    }
                )
            }
        ) { port in
            let client = try TLSTestClient(port: port)
            try client.send(Self.last)
            let answer = try client.readToEnd()
            #expect(answer.utf8.count { $0 == UInt8(ascii: "s") } >= 3_000_000)
            #expect(answer.hasSuffix("0\r\n\r\n"))
        }
    }

    /// A body of more than one turn, to a client that reads slowly, beside one that asks for little.
    @Test func aLargeAnswerLeavesTurnsToOthers() async throws {
        let certificate = try TestCertificate()
        let body = [UInt8](repeating: 0x2E, count: 40_000_000)
        try await withServer(
            { $0.loopCount = 1 },
            credentials: TLSCredentials(certificate.source),
            responder: { request in request.path == "/large" ? HTTPResponse(body: HTTPBody(body)) : .text("small") }
        ) { port in
            let large = try TLSTestClient(port: port)
            try large.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let first = try large.read()
            #expect(!first.isEmpty)
            let small = try TLSTestClient(port: port)
            try small.send(Self.last)
            #expect(try small.readToEnd().hasSuffix("small"))
            let rest = try large.readToEnd()
            #expect((String(decoding: first, as: UTF8.self) + rest).utf8.suffix(40_000_000).elementsEqual(body))
        }
    }

    @Test func requestsInARowOnOneConnection() async throws {
        let certificate = try TestCertificate()
        try await withServer(credentials: TLSCredentials(certificate.source)) { port in
            let client = try TLSTestClient(port: port)
            try client.send(String(repeating: Self.get, count: 999) + Self.last)
            #expect(try client.readToEnd().components(of: "hello, world").count == 1001)
        }
    }

    @Test func aStopEndsIdleConnectionsInOrder() async throws {
        let certificate = try TestCertificate()
        try await withRunningServer(credentials: TLSCredentials(certificate.source)) { port, server in
            let client = try await blocking {
                let client = try TLSTestClient(port: port)
                try client.send(Self.get)
                #expect(try !client.read().isEmpty)
                return Shared(client)
            }
            await server.stop(grace: .seconds(5))
            #expect(try await blocking { try client.value.readToEnd() } == "")
        }
    }

    /// `@unchecked Sendable`: the test uses it on one thread at a time.
    private final class Shared: @unchecked Sendable {
        let value: TLSTestClient
        init(_ value: TLSTestClient) { self.value = value }
    }
}
