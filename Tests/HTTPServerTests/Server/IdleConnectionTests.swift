import FunctionKit
import FunctionTesting
import Testing

@testable import HTTPServer

/// Many connections that are idle between their requests: they are served whenever they come back.
@Suite struct IdleConnectionTests {
    @Test func moreConnectionsThanKeepTheirTaskAreServedAgainAndAgain() async throws {
        try await withServer(
            { $0.loopCount = 1 },
            responder: { request in
                if request.path == "/wait" { await Task.yield() }
                return .text("done \(request.path)")
            }
        ) { port in
            // More than twice as many as a loop keeps tasks for.
            let clients = try (0..<600).map { _ in try TestClient(port: port) }
            for round in 0..<3 {
                let path = round == 1 ? "/wait" : "/now"
                for client in clients {
                    let body = try client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").body
                    #expect(body == "done \(path)")
                }
            }
        }
    }
}
