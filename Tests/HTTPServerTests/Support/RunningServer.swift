import FunctionKit
import FunctionTesting

@testable import HTTPServer

/// A responder from a closure.
struct ClosureResponder: HTTPResponder {
    var closure: @Sendable (HTTPRequest) async -> HTTPResponse
    /// Whose the calls are, all of which have ``invocation`` as their id.
    var owner: (any HTTPCallOwner)?
    static let invocation = InvocationID(high: 1, low: 2)

    func respond(to request: HTTPRequest, in call: HTTPCall) async -> HTTPResponse {
        if let owner { call.belongs(to: owner, as: Self.invocation) }
        return await closure(request)
    }
}

/// Runs a server on a free port for the length of a test; `body` may block.
func withServer<Result: Sendable>(
    _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
    log: RecordingLog = RecordingLog(),
    credentials: TLSCredentials? = nil,
    accepting: @escaping AcceptCall = SocketCalls.accept,
    responder: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = { _ in .text("hello, world") },
    _ body: @escaping @Sendable (Int) throws -> Result
) async throws -> Result {
    try await withRunningServer(
        change,
        log: log,
        credentials: credentials,
        accepting: accepting,
        responder: responder
    ) { port, _ in
        try await blocking { try body(port) }
    }
}

/// Runs a server on a free port for the length of a test; `body` must not block.
func withRunningServer<Result>(
    _ change: (inout HTTPServerConfiguration) -> Void = { _ in },
    log: RecordingLog = RecordingLog(),
    credentials: TLSCredentials? = nil,
    sockets: [ListeningSocket]? = nil,
    accepting: @escaping AcceptCall = SocketCalls.accept,
    owner: (any HTTPCallOwner)? = nil,
    responder: @escaping @Sendable (HTTPRequest) async -> HTTPResponse = { _ in .text("hello, world") },
    _ body: (Int, HTTPServer) async throws -> Result
) async throws -> Result {
    var configuration = HTTPServerConfiguration()
    configuration.port = 0
    configuration.loopCount = 2
    // The server's limits go by the system's clock, and the steps of a test take as long as all other tests beside it let them.
    // With the usual 10 s for a header a half request got its 408, and its test waited for ever for a call that could not come.
    configuration.headerTime = .seconds(600)
    configuration.bodyGraceTime = .seconds(600)
    configuration.idleTime = .seconds(600)
    configuration.writeStallTime = .seconds(600)
    // Also a single answer goes the longer way.
    configuration.gatheredAnswersMin = 1
    change(&configuration)
    let server = HTTPServer(
        configuration: configuration,
        responder: ClosureResponder(closure: responder, owner: owner),
        logger: Logger(sink: log, category: "Host.HTTP"),
        credentials: credentials,
        accepting: accepting
    )
    if let sockets { try server.start(on: sockets) } else { try server.start() }
    guard let port = server.port ?? sockets.map({ _ in 0 }) else { throw TestClient.Failure(reason: "no port") }
    do {
        let result = try await body(port, server)
        await server.stop(grace: .zero)
        return result
    } catch {
        await server.stop(grace: .zero)
        throw error
    }
}
