import Crypto
import FoundationEssentials
import FunctionKit
import FunctionTesting
import StackPage
import StackState
import Testing

/// The page, and who may use what stands behind it.
struct PageTests {
    @Test(arguments: [([:], 200), (["page": "sandbox"], 200), (["page": "other"], 404)] as [([String: String], Int)])
    func pageIsAtTheRoot(values: [String: String], status: Int) async throws {
        let answer = try await TestApp.sandbox().call(StackPage.self, HTTPRequest(path: "/", routeValues: values))
        #expect(answer.status == status)
    }

    @Test func onlyThePagesOwnScriptRuns() async throws {
        let answer = try await TestApp.sandbox().call(StackPage.self, HTTPRequest(path: "/"))
        let script = try #require(
            answer.text.split(separator: "<script>").last?.split(separator: "</script>").first
        )
        let hash = Data(sha256(script.utf8)).base64EncodedString()
        let policy = try #require(answer.headers["Content-Security-Policy"])
        #expect(policy.contains("script-src 'sha256-\(hash)'"))
        #expect(policy.contains("connect-src 'self' http://portal.test;"))
        // Texts of others go in as text nodes alone.
        for danger in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            #expect(!script.contains(danger))
        }
        #expect(!answer.text.contains("://cdn"))
    }

    @Test func portalURLIsEscaped() async throws {
        var settings = sandboxSettings
        settings["PORTAL_URL"] = "http://x\"><script>alert(1)</script>"
        let answer = try await TestApp(settings: settings).call(StackPage.self, HTTPRequest(path: "/"))
        #expect(!answer.text.contains("<script>alert(1)"))
        #expect(answer.text.contains("data-portal=\"http://x&quot;&gt;&lt;script&gt;"))
    }

    @Test func pageWorksWithoutSettings() async throws {
        #expect(try await TestApp().call(StackPage.self, HTTPRequest(path: "/")).status == 200)
    }

    @Test(arguments: [(nil, 200), ("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)])
    func foreignPagesAreKeptOut(site: String?, status: Int) async throws {
        var request = HTTPRequest(path: "/sandbox/state")
        request.headers["Sec-Fetch-Site"] = site
        let answer = try await TestApp.sandbox().call(StackState.self, request)
        #expect(answer.status == status)
        #expect(site == "cross-site" || site == "same-site" || answer.headers["Cache-Control"] == "no-store")
    }

    @Test func demoIsPlantedOnceHoweverManyAskFirst() async throws {
        struct State: Decodable {
            struct Ticket: Decodable { var subject: String }
            var tickets: [Ticket]
        }
        let app = TestApp.sandbox()
        try await app.whileTimePasses {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await app.call(StackState.self, HTTPRequest(path: "/sandbox/state")).status }
                }
                for try await status in group { #expect(status == 200) }
            }
        }
        let state = try await app.call(StackState.self, HTTPRequest(path: "/sandbox/state")).json(State.self)
        #expect(state.tickets.count == 2)
    }
}
