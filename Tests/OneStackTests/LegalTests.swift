import FunctionKit
import FunctionTesting
import OneStack
import StackLawyer
import StackLegalWebhook
import StackState
import Testing

/// Legal: signatures are checked after Standard Webhooks, and policies reach the portal.
struct LegalTests {
    /// The example of the specification.
    private static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private static let time: Int64 = 1_614_265_330
    private static let body = #"{"test": 2432232314}"#
    private static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func verify(
        id: String? = id,
        time: String? = "\(time)",
        signature: String? = signature,
        body: String = body,
        skew: Int64 = 0
    ) throws -> String {
        let verifier = try #require(WebhookVerifier(secret: Self.secret))
        var headers = HTTPFields()
        headers["webhook-id"] = id
        headers["webhook-timestamp"] = time
        headers["webhook-signature"] = signature
        return try verifier.verify(headers, body: Array(body.utf8), now: Timestamp(seconds: Self.time + skew))
    }

    @Test func rightSignatureIsAccepted() throws {
        #expect(try verify() == Self.id)
        #expect(try verify(signature: "v1,AAAA v2,BBBB \(Self.signature)") == Self.id)
        #expect(try verify(skew: 300) == Self.id)
        #expect(try verify(skew: -300) == Self.id)
    }

    @Test(arguments: [
        "", "v1", "v1,", "v1,!!!", "v1,AAAA", "v2,SIGNATURE", "SIGNATURE", "V1,SIGNATURE", "v1,xSIGNATURE",
    ])
    func wrongSignatureIsRefused(signature: String) {
        let signature = signature.replacing("SIGNATURE", with: Self.signature.dropFirst(3))
        #expect(throws: HTTPError.self) { try verify(signature: signature) }
    }

    @Test func anythingElseChangedIsRefused() {
        #expect(throws: HTTPError.self) { try verify(id: nil) }
        #expect(throws: HTTPError.self) { try verify(id: "msg_other") }
        #expect(throws: HTTPError.self) { try verify(time: nil) }
        #expect(throws: HTTPError.self) { try verify(time: "\(Self.time + 1)") }
        #expect(throws: HTTPError.self) { try verify(time: "soon") }
        #expect(throws: HTTPError.self) { try verify(time: "-9223372036854775808") }
        #expect(throws: HTTPError.self) { try verify(signature: nil) }
        #expect(throws: HTTPError.self) { try verify(body: Self.body + " ") }
        #expect(throws: HTTPError.self) { try verify(skew: 301) }
        #expect(throws: HTTPError.self) { try verify(skew: -301) }
    }

    @Test(arguments: ["", "whsec_", "whsec_%%%"])
    func uselessSecretIsRefused(secret: String) { #expect(WebhookVerifier(secret: secret) == nil) }

    @Test func webhookWithoutSignatureIsRefusedAndNotKept() async throws {
        let app = TestApp.sandbox()
        let request = HTTPRequest(
            method: .post,
            path: "/legal/webhook",
            body: HTTPBody(#"{"type":"policy.acknowledged"}"#)
        )
        let answer = try await app.call(StackLegalWebhook.self, request)
        #expect(answer.status == 401)
        #expect(answer.errorCode == "invalid_signature")
        let state = try await app.call(StackState.self, HTTPRequest(path: "/sandbox/state")).json(State.self)
        #expect(state.events.isEmpty)
    }

    @Test func repeatedEventIsKeptOnce() async throws {
        let app = TestApp.sandbox()
        let body =
            #"{"type":"policy.acknowledged","data":{"tenant_slug":"acme-msp","policy_id":"p","full_name":"Dana"}}"#
        let headers = try #require(
            WebhookSigner.headers(id: "evt-1", body: body, now: app.clock.now, secret: Self.secret)
        )
        let request = HTTPRequest(method: .post, path: "/legal/webhook", headers: headers, body: HTTPBody(body))
        for _ in 0..<2 { #expect(try await app.call(StackLegalWebhook.self, request).status == 204) }
        let state = try await app.call(StackState.self, HTTPRequest(path: "/sandbox/state")).json(State.self)
        #expect(state.events.map(\.deliveries) == [2])
        #expect(state.events.first?.id == "evt-1")
        #expect(state.events.first?.full_name == "Dana")
    }

    @Test func policyIsPushedWithTheKey() async throws {
        let portal = ScriptedHTTPClient { _ in .json(#"{"assigned":1}"#, status: .accepted) }
        let app = TestApp.sandbox(http: portal)
        let body = #"{"tenant_slug":"acme-msp","title":"T","body_html":"<p>x</p>","company_ids":["psa_borealis"]}"#
        let answer = try await app.call(StackLawyer.self, .operate("", body))
        #expect(answer.status == 200)
        let exchange = try #require(portal.exchanges.first)
        #expect(exchange.request.url == "http://portal.test/api/internal/signing/push")
        #expect(exchange.request.headers["Authorization"] == "Bearer integration-key")
        #expect(exchange.text.contains(#""assignees":{"company_ids":["psa_borealis"],"emails":[]}"#))
        #expect(exchange.text.contains(#""status":"published""#))
        #expect(!answer.text.contains("integration-key"))
    }

    @Test func unreachablePortalIsSaid() async throws {
        let body = #"{"tenant_slug":"acme-msp","title":"T","body_html":"x"}"#
        let answer = try await TestApp.sandbox().call(StackLawyer.self, .operate("", body))
        #expect(answer.status == 502)
        #expect(answer.errorCode == "portal_unreachable")
    }

    private struct State: Decodable {
        struct Event: Decodable {
            var id: String
            var deliveries: Int
            var full_name: String?
        }
        var events: [Event]
    }
}
