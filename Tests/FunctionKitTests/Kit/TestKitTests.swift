import FunctionKit
import FunctionTesting
import Testing

/// The rest of the world that `FunctionTesting` supplies.
struct TestKitTests {
    private struct Note: Codable, Sendable { var text: String }
    private struct Odd: Error, CustomStringConvertible { let description = "odd" }

    @Test func aScriptedClientAnswersAndKeepsWhatItWasAsked() async throws {
        let client = ScriptedHTTPClient { exchange in .json(#"{"echo":"\#(exchange.text)"}"#, status: .created) }
        let stream = AsyncStream<[UInt8]> { continuation in
            continuation.yield(Array("a".utf8))
            continuation.yield(Array("b".utf8))
            continuation.finish()
        }
        let response = try await client.send(
            OutboundRequest(method: .post, url: "https://x.test/1", body: HTTPBody(chunks: stream))
        )
        _ = try await client.send(OutboundRequest(url: "https://x.test/2"))
        #expect(response.status == .created)
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.body.bytes == Array(#"{"echo":"ab"}"#.utf8))
        #expect(client.exchanges.map(\.request.url) == ["https://x.test/1", "https://x.test/2"])
        #expect(client.exchanges.map(\.text) == ["ab", ""])
    }

    @Test func aScriptsErrorsAreThoseOfAClient() async {
        let timedOut = ScriptedHTTPClient { _ in throw HTTPClientError(.timedOut, "slow") }
        let odd = ScriptedHTTPClient { _ in throw Odd() }
        let rows: [(ScriptedHTTPClient, HTTPClientError)] = [
            (timedOut, HTTPClientError(.timedOut, "slow")), (odd, HTTPClientError(.interrupted, "odd")),
            (.unreachable, HTTPClientError(.unreachable, "Nobody answers at https://x.test/.")),
        ]
        for (client, expected) in rows {
            let error = await #expect(throws: HTTPClientError.self) {
                _ = try await client.send(OutboundRequest(url: "https://x.test/"))
            }
            #expect(error == expected)
            #expect(client.exchanges.count == 1)
        }
    }

    @Test func aResponsesHeadersKeepWhatTheScriptSays() {
        let response = OutboundResponse.json("[]", headers: ["ETag": "1", "content-type": "text/plain"])
        #expect(response.headers["ETag"] == "1")
        #expect(response.headers.values(of: "Content-Type") == ["application/json"])
    }

    @Test func aWorldIsTheSameEachTimeAndSharedWithinItself() async throws {
        let first = TestApp(settings: ["A": "1", "EMPTY": ""])
        let second = TestApp()
        let context = first.context(for: "tick")
        #expect(context.functionName == "tick")
        #expect(context.settings["A"] == "1")
        #expect(context.settings["EMPTY"] == nil)
        #expect(context.environment.isDevelopment)
        #expect(context.environment.routePrefix == "api")
        #expect(context.ids.next() == second.context().ids.next())
        #expect(first.invocation().invocationID == second.invocation().invocationID)
        #expect(first.invocation().invocationID != first.invocation().invocationID)
        context.logger.info("seen")
        first.invocation(of: "tick").logger.warning("too")
        #expect(first.log.records.map(\.category) == ["Function.tick", "Function.tick.User"])
        #expect(second.log.records.isEmpty)
        #expect(try await context.files.write([1], to: "mail/a.eml") == "memory:mail/a.eml")
        #expect(first.files.files == ["mail/a.eml": [1]])
    }

    @Test func whatAFunctionStoresTheTestFinds() async throws {
        let app = TestApp()
        let notes = CollectionDefinition<Note>("notes")
        _ = try await app.context().store.tenant("acme").collection(notes).create(Note(text: "a"), id: "1")
        #expect(try await app.store.tenant("acme").collection(notes).get("1")?.text == "a")
        #expect(try await app.store.tenant("other").collection(notes).get("1") == nil)
        #expect(try await TestApp().store.tenant("acme").collection(notes).get("1") == nil)
    }
}
