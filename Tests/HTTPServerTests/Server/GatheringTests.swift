import FunctionKit
import Glibc
import Testing

@testable import HTTPServer

/// Answers that wait for the end of a loop's turn, from one event on and from so many on that none ever waits.
struct GatheringTests {
    private static func request(_ path: String) -> String { "GET /\(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

    private static func answer(_ body: String) -> String { "\r\n\r\n\(body)" }

    /// Rounds in which all send before one of them reads.
    private static func askTogether(_ clients: [some AskingClient]) throws {
        for round in 0..<20 {
            for (index, client) in clients.enumerated() { try client.send(request("\(index)-\(round)")) }
            for (index, client) in clients.enumerated() {
                #expect(try client.read(through: "!").hasSuffix(answer("/\(index)-\(round)!")))
            }
        }
    }

    /// A client that asks so many times before it reads.
    private static func readLate(_ count: Int, from client: some AskingClient) throws {
        for index in 0..<count {
            try client.send(request("\(index)"))
            // For the answer to be out before the next request is there.
            if index < 500 { usleep(200) }
        }
        for index in 0..<count { #expect(try client.read(through: "!").hasSuffix("l/\(index)!")) }
    }

    /// Clients that all send before one of them reads: their requests are there together.
    @Test(arguments: [1, 2, Int.max])
    func everyClientGetsItsOwnAnswers(_ min: Int) async throws {
        try await withServer(
            {
                $0.gatheredAnswersMin = min
                $0.loopCount = 1
            },
            responder: { .text("\($0.path)!") }
        ) { port in
            let clients = try (0..<100).map { _ in try TestClient(port: port) }
            try Self.askTogether(clients)
        }
    }

    /// Clients of every kind in the same turns: each gets what it would get alone.
    @Test(arguments: [1, 2, Int.max])
    func clientsOfEveryKindMeet(_ min: Int) async throws {
        let long = String(repeating: "l", count: 3000)
        try await withServer(
            {
                $0.gatheredAnswersMin = min
                $0.loopCount = 1
            },
            responder: { request in
                if request.path == "/late" { try? await Task.sleep(for: .milliseconds(1)) }
                return .text(request.path == "/long" ? long + "!" : "\(request.path)!")
            }
        ) { port in
            for _ in 0..<10 {
                let plain = try (0..<10).map { _ in try TestClient(port: port) }
                let late = try TestClient(port: port)
                let pipelining = try TestClient(port: port)
                let closing = try TestClient(port: port)
                let halfClosed = try TestClient(port: port)
                let vanishing = try TestClient(port: port)
                try vanishing.send(Self.request("gone"))
                vanishing.resetOnClose()
                vanishing.close()
                for client in plain { try client.send(Self.request("long")) }
                try late.send(Self.request("late"))
                try pipelining.send(Self.request("one") + Self.request("two") + Self.request("late"))
                try closing.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                try halfClosed.send(Self.request("half"))
                halfClosed.endSending()
                for client in plain { #expect(try client.read(through: "!").hasSuffix(Self.answer(long + "!"))) }
                #expect(try late.read(through: "!").hasSuffix(Self.answer("/late!")))
                for path in ["one", "two", "late"] {
                    #expect(try pipelining.read(through: "!").hasSuffix(Self.answer("/\(path)!")))
                }
                #expect(try closing.readToEnd().hasSuffix(Self.answer("/last!")))
                #expect(try halfClosed.readToEnd().hasSuffix(Self.answer("/half!")))
            }
        }
    }

    /// The same by TLS, whose answers are sealed before they gather.
    @Test(arguments: [1, 2, Int.max])
    func everyClientOfTLSGetsItsOwnAnswers(_ min: Int) async throws {
        let certificate = try TestCertificate()
        try await withServer(
            {
                $0.gatheredAnswersMin = min
                $0.loopCount = 1
            },
            credentials: TLSCredentials(certificate.source),
            responder: { .text("\($0.path)!") }
        ) { port in
            let clients = try (0..<30).map { _ in try TLSTestClient(port: port) }
            try Self.askTogether(clients)
            for client in clients.prefix(5) {
                try client.send("GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(try client.readToEnd().hasSuffix(Self.answer("/last!")))
            }
        }
    }

    /// Sealed bytes that a socket does not take go out in their order, before all that is sealed behind them.
    @Test(arguments: [1, Int.max])
    func whatASocketDoesNotTakeByTLSFollows(_ min: Int) async throws {
        let certificate = try TestCertificate()
        let long = String(repeating: "l", count: 3500)
        try await withServer(
            { $0.gatheredAnswersMin = min },
            credentials: TLSCredentials(certificate.source),
            responder: { .text("\(long)\($0.path)!") }
        ) { port in
            try Self.readLate(1000, from: try TLSTestClient(port: port, receiveBufferBytes: 4096))
        }
    }

    /// A client that reads nothing for a while gets all that it asked for, in its order.
    @Test func whatASocketDoesNotTakeFollows() async throws {
        let long = String(repeating: "l", count: 3500)
        try await withServer(
            { $0.gatheredAnswersMin = 1 },
            responder: { .text("\(long)\($0.path)!") }
        ) { port in
            try Self.readLate(1500, from: try TestClient(port: port, receiveBufferBytes: 4096))
        }
    }
}

/// A client of the tests, in the clear or by TLS.
private protocol AskingClient {
    func send(_ text: String) throws
    func read(through end: String) throws -> String
}

extension TestClient: AskingClient {}
extension TLSTestClient: AskingClient {}
