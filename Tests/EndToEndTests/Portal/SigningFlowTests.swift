import FunctionKit
import Testing

/// Policies from Legal to the client and the signature back, with the e-mails in between.
@Suite(.portalStack(), .serialized)
struct SigningFlowTests {
    @discardableResult
    private func push(_ id: String, _ changes: [String: JSON] = [:]) async throws -> JSON {
        var input: [String: JSON] = [
            "tenant_slug": "acme-msp", "policy_id": .text(id), "title": "Acceptable use",
            "body_html": "<p>Be kind.</p>", "company_ids": ["psa_borealis"], "emails": [],
        ]
        input.merge(changes) { $1 }
        return try await PortalStack.current.act("legal/policies", .object(input))["answer"]
    }

    /// The e-mails about a policy, as soon as the queue is empty.
    private func mails(_ policy: String) async throws -> [String] {
        let stack = try PortalStack.current
        try await waitForQueue("portal-signing-notify")
        return stack.data.names(in: "data/mail").compactMap { stack.data.read("data/mail/\($0)") }
            .map { $0.replacing("=\r\n", with: "") }
            .filter { $0.contains("/portal/documents/\(policy)/sign") }
    }

    private func waitForQueue(_ name: String) async throws {
        let stack = try PortalStack.current
        _ = try await eventually("an empty queue \(name)") {
            let queue = try await stack.health()["queues"].items.first { $0["queue"] == .text(name) }
            return queue?["messages"] == 0 ? true : nil
        }
    }

    private func events(_ policy: String) async throws -> [JSON] {
        try await PortalStack.current.state()["events"].items.filter { $0["policy_id"].text == policy }
    }

    @Test func aPolicyIsAnnouncedSignedAndReported() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        _ = try await stack.signIn("sam")
        let changes: [String: JSON] = [
            "company_ids": ["psa_borealis", "psa_nobody"], "emails": ["DANA@borealis.example", "who@example.com"],
        ]
        let first = try await push("POL-1", changes)
        #expect(first["status"] == 202)
        let accepted = try decodeJSON(first["body"].text ?? "")
        #expect(accepted["policy_id"] == "POL-1")
        #expect(accepted["assigned"] == 2)
        #expect(Set(accepted["unmatched"].items) == ["psa_nobody", "who@example.com"])
        let second = try await push("POL-1", changes)
        #expect(try decodeJSON(second["body"].text ?? "") == accepted, "The same version again is answered the same")

        let mails = try await mails("POL-1")
        #expect(mails.count == 2, "One e-mail for each user, pushed twice or not")
        let recipients = Set(mails.flatMap { $0.split(separator: "\r\n").filter { $0.hasPrefix("To: ") } })
        #expect(
            recipients == [#"To: "Dana Reyes" <dana@borealis.example>"#, #"To: "Sam Okafor" <sam@borealis.example>"#]
        )
        let link = "\(try stack.portal.baseURL)/portal/documents/POL-1/sign"
        #expect(mails.allSatisfy { $0.contains(link) && $0.contains("Subject: Please sign: Acceptable use") })

        let documents = try await dana.get("/api/portal/documents?status=awaiting").json["items"].items
        #expect(documents.map { $0["id"] } == ["POL-1"])
        #expect(documents[0]["body_html"] == "<p>Be kind.</p>")

        let signature: JSON = ["policy_id": "POL-1", "version": "1", "full_name": " Dana  Reyes ", "agreed": true]
        let signed = try await dana.post("/api/portal/signing/acknowledge", signature)
        #expect(signed.status == 201, "\(signed.body)")
        #expect(signed.json["full_name"] == "Dana Reyes")
        #expect(signed.json["text_sha256"].text?.count == 64)
        let again = try await dana.post("/api/portal/signing/acknowledge", signature)
        #expect(again.status == 409)
        #expect(again.json["error"]["code"] == "already_signed")
        #expect(try await dana.get("/api/portal/documents?status=awaiting").json["items"].items.isEmpty)
        #expect(try await dana.get("/api/portal/documents?status=signed").json["items"].items.count == 1)

        // Legal keeps only what is signed rightly, and counts how often it came.
        let reported = try await eventually("the event at Legal") {
            let events = try await events("POL-1")
            return events.isEmpty ? nil : events
        }
        try await waitForQueue("legal-webhook")
        #expect(reported.count == 1)
        #expect(try await events("POL-1").map { $0["deliveries"] } == [1])
        #expect(reported[0]["type"] == "policy.acknowledged")
        #expect(reported[0]["full_name"] == "Dana Reyes")
    }

    @Test(
        arguments: [
            (["policy_id": "POL-none"], 404, "not_found"), (["version": "2"], 404, "not_found"),
            (["agreed": false], 400, "invalid_field"), (["full_name": "  "], 400, "invalid_field"),
            (["policy_id": nil], 400, "invalid_body"), (["policy_id": "POL-grace"], 404, "not_found"),
            (["policy_id": "POL-draft"], 404, "not_found"),
        ] as [([String: JSON], Int, String)]
    )
    func aSignatureThatIsNoneIsRefused(changes: [String: JSON], status: Int, code: String) async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        try await push("POL-2")
        try await push("POL-draft", ["status": "draft"])
        _ = try await stack.signIn("maria")
        try await push("POL-grace", ["tenant_slug": "grace-mission", "company_ids": ["grace_members"]])
        let good: [String: JSON] = [
            "policy_id": "POL-2", "version": "1", "full_name": "Dana Reyes", "agreed": true,
        ]
        let answer = try await dana.post(
            "/api/portal/signing/acknowledge",
            .object(good.merging(changes) { $1 }.filter { $0.value != .null })
        )
        #expect(answer.status == status, "\(answer.body)")
        #expect(answer.json["error"]["code"] == .text(code))
        #expect(try await mails("POL-draft").isEmpty, "A draft is not announced")
        #expect(try await !dana.all("/api/portal/documents").contains { $0["id"] == "POL-draft" })
        #expect(try await events("POL-2").isEmpty)
    }

    @Test func manySignaturesAtOnceAreOne() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        try await push("POL-3")
        let signature: JSON = ["policy_id": "POL-3", "version": "1", "full_name": "Dana Reyes", "agreed": true]
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { try await dana.post("/api/portal/signing/acknowledge", signature).status }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
        }
        #expect(statuses == [201] + Array(repeating: 409, count: 19))
    }

    @Test func legalThatFailsIsToldLater() async throws {
        let stack = try PortalStack.current
        let dana = try await stack.signIn("dana")
        try await push("POL-4")
        try await stack.act("faults", ["legal": ["mode": "500", "times": 1]])
        let signature: JSON = ["policy_id": "POL-4", "version": "1", "full_name": "Dana Reyes", "agreed": true]
        #expect(try await dana.post("/api/portal/signing/acknowledge", signature).status == 201)
        _ = try await eventually("the second attempt") { try await events("POL-4").isEmpty ? nil : true }
        #expect(try await events("POL-4").map { $0["deliveries"] } == [1])
    }

    @Test(
        arguments: [
            (["Authorization": "Bearer wrong"], 401), ([:], 401), (["x-integration-key": "wrong"], 401),
            (["x-integration-key": PortalStack.integrationKey], 400),
            (["Authorization": "Bearer \(PortalStack.integrationKey)"], 400),
        ] as [([String: String], Int)]
    )
    func onlyLegalMayPush(headers: [String: String], status: Int) async throws {
        let stack = try PortalStack.current
        let answer = try await stack.portal.send(
            .post,
            "/api/internal/signing/push",
            headers: HTTPFields(headers.map { .init(name: $0.key, value: $0.value) }),
            body: "not json"
        )
        #expect(answer.status == status)
    }

    /// The provider answers 500 each time; the host's pause between deliveries is cut to milliseconds.
    @Test func anEmailThatNobodyTakesIsPoison() async throws {
        let awsSecret = "aws-secret-of-the-tests"
        let ses = try await RunningHost(app: Workplace.app("one-stack"))
        _ = try await ses.send(.post, "/sandbox/faults", body: #"{"mission":"500"}"#)
        let stack = try await PortalStack(settings: [
            "SES_FROM_ADDRESS": "portal@acme.example", "SES_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIATEST",
            "AWS_SECRET_ACCESS_KEY": awsSecret, "SES_ENDPOINT": ses.baseURL + "/mission",
            "AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:00.050",
        ])
        _ = try await stack.signIn("dana")
        let pushed: JSON = [
            "tenant_slug": "acme-msp", "policy_id": "POL-9", "title": "Acceptable use", "body_html": "<p>x</p>",
            "company_ids": ["borealis-bakery"],
        ]
        #expect(try await stack.act("legal/policies", pushed)["answer"]["status"] == 202)
        let health = try await eventually("the poison message") { () -> JSON? in
            let health = try await stack.health()
            let queue = health["queues"].items.first { $0["queue"] == "portal-signing-notify" }
            let isPoison = queue?["poison"] == 1 && queue?["messages"] == 0
            return isPoison ? health : JSON?.none
        }
        #expect(health["status"] == "degraded")
        let email = health["integrations"].items.first { $0["name"] == "email" }
        #expect(email?["configured"] == true)
        #expect(email?["last_error"].text?.contains("500") == true, "\(email?.encoded ?? "")")
        let sent = try await ses.send(.get, "/sandbox/state?peer=mission").json["calls"].items
        let posts = sent.filter { $0["method"] == "POST" }
        #expect(posts.count == 5, "Delivered five times, then never again")
        #expect(posts.allSatisfy { $0["path"] == "/mission/v2/email/outbound-emails" })
        #expect(try !stack.portal.process.output.contains(awsSecret))
        #expect(!health.encoded.contains(awsSecret))

        try await stack.stopPortal()
        let poison = try await stack.export("queues", of: "acme-msp")
        #expect(poison.map { $0["queue"] } == ["portal-signing-notify-poison"])
        await stack.end()
        await ses.crash()
    }
}
