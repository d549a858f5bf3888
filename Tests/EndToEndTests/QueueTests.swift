import FunctionKit
import Glibc
import Testing

/// Queues of the real host: outputs, crashes, and what the command line does with messages.
struct QueueTests {
    private static let app = Workplace.app("queues")
    private static let settings = ["JOBS_QUEUE": "jobs"]

    private func start(_ data: ScratchFolder? = nil) async throws -> RunningHost {
        try await RunningHost(app: Self.app, data: data, arguments: ["--no-auth"], settings: Self.settings)
    }

    /// The payloads in a queue of 'acme', in no particular order.
    private func payloads(_ queue: String, of host: RunningHost) async throws -> [String] {
        var payloads: [String] = []
        var cursor = ""
        while true {
            let path = "/admin/queues/\(queue)/messages?tenant=acme&limit=500" + cursor
            let page = try await host.send(.get, path).json
            payloads += page["messages"].items.compactMap(\.["payload"].text)
            guard let next = page["next_cursor"].text else { return payloads }
            cursor = "&cursor=\(next)"
        }
    }

    private func order(_ items: [String], action: String = "work", of host: RunningHost) async throws -> Answer {
        let order: JSON = .object(["tenant": "acme", "items": .list(items.map { .text($0) }), "action": .text(action)])
        return try await host.send(.post, "/api/order", body: order.encoded)
    }

    @Test func outputsAreEnqueuedBeforeTheAnswerAndHandled() async throws {
        let host = try await start()
        let answer = try await order(["a", "b", "c"], of: host)
        #expect(answer.status == 201)
        #expect(answer.body == "taken")
        // The journal has no function: its message is there as the text that was sent, without quotes.
        #expect(try await payloads("journal", of: host) == ["ordered 3"])
        let receipts = try await eventually("the receipts") {
            let receipts = try await payloads("receipts", of: host)
            return receipts.count == 3 ? receipts : nil
        }
        #expect(Set(receipts) == ["a", "b", "c"])
        #expect(try await payloads("jobs", of: host) == [])
        #expect(await host.stop() == .exited(0))
    }

    @Test func aFunctionThatFailsLeavesNothing() async throws {
        let host = try await start()
        let body = #"{"tenant": "acme", "items": ["a"], "fails": true}"#
        #expect(try await host.send(.post, "/api/order", body: body).status == 500)
        #expect(try await payloads("journal", of: host) == [])
        // The host's own partition is nobody's.
        let host2 = #"{"tenant": "_host", "items": ["a"]}"#
        #expect(try await host.send(.post, "/api/order", body: host2).status == 500)
        #expect(await host.process.waitForOutput("The outputs of 'order' are for '_host', which is the host's own."))
        let many = #"{"tenant": "acme", "items": ["# + (0..<256).map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        #expect(try await host.send(.post, "/api/order", body: many).status == 500)
        #expect(try await payloads("journal", of: host) == [])
        #expect(await host.stop() == .exited(0))
    }

    @Test func anOutputThatIsNotDeclaredIsReportedAtTheStart() async throws {
        let host = try await start()
        let text =
            "bindings: The function sends to the output 'job', which the file does not declare. "
            + #"Add { "type": "queue", "direction": "out", "name": "job", "queueName": "…" } to its bindings."#
        #expect(host.process.output.contains("The 'misdeclared' function is in error"))
        #expect(host.process.output.contains(text))
        #expect(try await host.send(.get, "/api/misdeclared").status == 404)
        #expect(await host.stop() == .exited(0))
    }

    @Test func aTimerFunctionLeavesMessages() async throws {
        let host = try await start()
        let run = try await host.send(.post, "/admin/functions/tick?wait=true", body: "{}")
        #expect(run.json["status"] == "succeeded")
        #expect(try await payloads("ticks", of: host) == ["tick"])
        #expect(await host.stop() == .exited(0))
    }

    @Test(arguments: [#"{"input": "x"}"#, #"{"input": "x", "tenant": "Bad Name"}"#, "{}"])
    func aMessageByHandWithoutATenantIsRefused(body: String) async throws {
        let host = try await start()
        for query in ["", "?wait=true"] {
            let run = try await host.send(.post, "/admin/functions/work\(query)", body: body)
            #expect(run.status == 400)
            #expect(run.json["error"]["code"] == "tenant_missing")
            #expect(run.body.contains("A queue message belongs to a tenant. Name it: --tenant SLUG"))
        }
        #expect(await host.stop() == .exited(0))
    }

    @Test func aFailingMessageGoesToThePoisonQueueAndComesBackByHand() async throws {
        let host = try await start()
        #expect(try await order(["bad"], action: "fail", of: host).status == 201)
        let poison = try await eventually("the poison message") { () -> JSON? in
            let page = try await host.send(.get, "/admin/queues/jobs-poison/messages?tenant=acme").json
            return page["messages"].items.first
        }
        #expect(poison["dequeue_count"] == 3)
        #expect(poison["last_error"] == "'bad' fails on purpose.")
        // What it sent in vain is not there.
        #expect(try await payloads("receipts", of: host) == [])
        #expect(await host.stop() == .exited(0))
    }

    /// A message that kills the process is counted although the process cannot count it any more.
    @Test(.timeLimit(.minutes(3)))
    func aMessageThatKillsTheHostGoesToThePoisonQueue() async throws {
        let data = try ScratchFolder()
        var host = try await start(data)
        // The order is committed before it is answered, and its message may end the host in between.
        _ = try? await order(["killer"], action: "crash", of: host)
        for _ in 1...2 {
            guard case .signalled = await host.process.waitForEnd() else {
                Issue.record("The host did not trap.")
                return
            }
            host = try await start(data)
        }
        guard case .signalled = await host.process.waitForEnd() else {
            Issue.record("The host did not trap a third time.")
            return
        }
        host = try await start(data)
        let poison = try await eventually("the poison message") { () -> JSON? in
            let page = try await host.send(.get, "/admin/queues/jobs-poison/messages?tenant=acme").json
            return page["messages"].items.first
        }
        #expect(poison["dequeue_count"] == 3)
        #expect(poison["last_error"] == "The host ended while the message was handled.")
        // The others go on.
        #expect(try await order(["good"], of: host).status == 201)
        _ = try await eventually("the receipt") { try await payloads("receipts", of: host) == ["good"] ? true : nil }
        #expect(await host.stop() == .exited(0))
    }

    /// Killed again and again: every job that was acknowledged has exactly one receipt, since the receipt is committed with the
    /// removal of its job.
    @Test(.timeLimit(.minutes(3)))
    func nothingIsLostAndNothingIsDoneTwiceAcrossCrashes() async throws {
        let data = try ScratchFolder()
        var acknowledged: Set<String> = []
        var random = SystemRandomNumberGenerator()
        for round in 0..<4 {
            let host = try await start(data)
            let sender = Task { [round] in
                var taken: [String] = []
                for batch in 0... {
                    let items = (0..<5).map { "\(round)-\(batch)-\($0)" }
                    guard let answer = try? await order(items, action: "last", of: host), answer.status == 201 else {
                        break
                    }
                    taken += items
                }
                return taken
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...600, using: &random)))
            await host.crash()
            acknowledged.formUnion(await sender.value)
        }
        #expect(!acknowledged.isEmpty)
        let host = try await start(data)
        _ = try await eventually("the end of all jobs", within: .seconds(60)) {
            try await payloads("jobs", of: host).isEmpty ? true : nil
        }
        // A job that was being handled in each of three crashes may have gone to the poison queue.
        let poison = try await payloads("jobs-poison", of: host)
        let receipts = try await payloads("receipts", of: host)
        #expect(Set(receipts).count == receipts.count)
        let lost = acknowledged.subtracting(receipts).filter { item in !poison.contains { $0.contains("\"\(item)\"") } }
        #expect(lost.isEmpty)
        #expect(await host.stop() == .exited(0))
    }

    @Test func theCommandLineSendsShowsAndRemoves() async throws {
        let host = try await start()
        let options = ["--tenant", "acme", "--data", host.data.path + "/data", "--port", host.port]
        func queues(_ words: [String]) async throws -> (ending: ChildProcess.Ending, output: String, errors: String) {
            try await runPostern(["queues"] + words + options)
        }
        let sent = try await queues(["send", "lunch", "two soups"])
        #expect(sent.ending == .exited(0))
        let id = String(sent.output.split(separator: "'")[1])
        #expect(sent.output == "Message '\(id)' is in 'lunch'.\n")
        #expect(try await queues(["send", "lunch", "later", "--delay", "3600"]).ending == .exited(0))
        #expect(try await queues(["list"]).output.contains("acme\tlunch\t1\t1\t0\n"))
        let shown = try await queues(["messages", "lunch", "--json"])
        #expect(shown.output.contains(#""payload":"two soups""#))
        let long = try await queues(["send", "lunch", String(repeating: "x", count: 65_537)])
        #expect(long.ending == .exited(65))
        #expect(long.errors.contains("A message for 'lunch' has 65537 bytes; at most 65536 are taken."))
        #expect(try await queues(["delete", "lunch", id]).output == "Message '\(id)' is gone.\n")
        #expect(try await queues(["delete", "lunch", id]).ending == .exited(65))
        #expect(try await queues(["purge", "lunch"]).ending == .exited(64))
        let wrong = try await queues(["purge", "lunch", "--confirm", "dinner"])
        #expect(wrong.ending == .exited(65))
        #expect(wrong.errors.contains("would be removed for good"))
        #expect(try await queues(["purge", "lunch", "--confirm", "lunch"]).output == "1 message removed.\n")
        #expect(try await queues(["messages", "lunch"]).output == "ID\tDELIVERIES\tINSERTED\tLAST ERROR\n")
        #expect(await host.stop() == .exited(0))
    }
}
