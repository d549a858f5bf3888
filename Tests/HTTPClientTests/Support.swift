import FunctionKit
import HTTPClient
import Testing

/// Runs a test against a scripted server with a client of its own, and ends both.
func withServer(
    limits: HTTPClientLimits = HTTPClientLimits(),
    _ script: @escaping @Sendable (Peer) -> Void,
    _ body: (ScriptedServer, CurlHTTPClient) async throws -> Void
) async throws {
    let server = try ScriptedServer(script)
    let client = CurlHTTPClient(limits: limits)
    do {
        try await body(server, client)
    } catch {
        server.stop()
        await client.close()
        throw error
    }
    server.stop()
    await client.close()
}

extension OutboundRequest {
    /// The request with more time than a test needs while all other tests run beside it on a busy machine.
    var patient: OutboundRequest {
        var request = self
        request.firstByteTimeout = .seconds(600)
        request.totalTimeout = .seconds(600)
        return request
    }
}

/// The error that an exchange ends with, whether at its response or in its body; nil when it succeeds.
func failure(of request: OutboundRequest, with client: CurlHTTPClient) async -> HTTPClientError? {
    do {
        _ = try await client.send(request).body.collect(upTo: .max)
        return nil
    } catch {
        return error as? HTTPClientError
    }
}

extension OutboundResponse {
    func text() async throws -> String { String(decoding: try await body.collect(upTo: .max), as: UTF8.self) }
}
