import FoundationEssentials
import FunctionKit
import Glibc
import Testing

/// Timers of the real host: what functions receive, and what an operator sees of them afterwards.
struct TimerTests {
    private func app(_ bindings: [String: String]) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(#"{"version":"2.0","logging":{"logLevel":{"Host.Triggers.Timer":"Debug"}}}"#, to: "host.json")
        for (name, binding) in bindings {
            try folder.write(
                #"{"scriptFile":"libTimersTick.so","entryPoint":"TimersTick.TimersTick","bindings":[{"#
                    + #""type":"timerTrigger","direction":"in","name":"timer",\#(binding)}]}"#,
                to: "\(name)/function.json"
            )
        }
        return folder
    }

    private func timers(_ words: [String], _ host: RunningHost) async throws -> JSON {
        let result = try await runPostern(
            ["timers"] + words + ["--json", "--data", host.data.path + "/data", "--port", host.port]
        )
        #expect(result.ending == .exited(0), "\(result.errors)")
        return try JSONDecoder().decode(JSON.self, from: Data(result.output.utf8))
    }

    @Test func anOperatorSeesWhatBecameOfEachOccurrence() async throws {
        let app = try app([
            "daily": #""schedule":"0 0 6 * * *","runOnStartup":true"#,
            "bad": #""schedule":"0 0 6 * * *","runOnStartup":true,"missed":"skip""#,
            "off": #""schedule":"0 0 6 * * *""#,
            "second": #""schedule":"* * * * * *""#,
        ])
        let off = ["AzureWebJobs.off.Disabled": "true"]
        let host = try await RunningHost(app: app.path, settings: off)
        let log = host.process
        #expect(await log.waitForOutput("Function 'daily' is configured to run on startup. Executing now."))
        #expect(
            await log.waitForOutput(
                #"tick daily {"IsPastDue":false,"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"0001-01-01T00:00:00+00:00","#
            )
        )
        #expect(
            await log.waitForOutput(
                #"tick second {"IsPastDue":false,"Schedule":{"AdjustForDST":true},"ScheduleStatus":null}"#
            )
        )
        #expect(await log.waitForOutput("Timer listener started (second)"))
        #expect(await log.waitForOutput("Function 'bad' updated status: Last='"))
        let list = try await timers(["list"], host)
        #expect(list["timers"].items.map { $0["name"].text } == ["bad", "daily", "off", "second"])
        #expect(list["timers"].items.map { $0["state"].text } == ["waiting", "waiting", "disabled", "waiting"])
        #expect(list["lease"]["is_this_host"] == true)
        let bad = try await timers(["history", "bad"], host)["entries"]
        #expect(bad.items.count == 1)
        #expect(bad[0]["outcome"] == "failed")
        #expect(bad[0]["reason"] == "run_on_startup")
        #expect(bad[0]["error"] == "The tick is bad.")
        #expect(bad[0]["invocation_id"].text?.count == 36)
        let run = try await runPostern(["run", "DAILY", "--data", host.data.path + "/data", "--port", host.port])
        #expect(run.ending == .exited(0))
        let daily = try await timers(["history", "daily", "--limit", "1"], host)
        #expect(daily["entries"].items.map { $0["reason"] } == ["manual"])
        #expect(daily["next_cursor"] == "2")
        let second = try await timers(["history", "second"], host)["entries"]
        #expect(second.items.map { $0["outcome"] } == ["succeeded"])
        let none = try await runPostern(
            ["timers", "history", "none", "--data", host.data.path + "/data", "--port", host.port]
        )
        #expect(none.ending == .exited(65))
        #expect(none.errors.contains("There is no timer function 'none'."))
        #expect(await host.stop() == .exited(0))
    }

    /// The data folder's lock proves that the host before is gone: the next one fires at once, and makes up for what was missed.
    @Test func aHostThatWasKilledLeavesNothingToWaitFor() async throws {
        let app = try app([
            "once": #""schedule":"0 0 6 * * *""#, "skip": #""schedule":"0 0 6 * * *","missed":"skip""#,
            "all": #""schedule":"0 0 6 1 * *","missed":"all""#, "second": #""schedule":"* * * * * *""#,
        ])
        let first = try await RunningHost(app: app.path)
        #expect(await first.process.waitForOutput("tick second"))
        await first.crash()
        // As if the host had been down since the beginning of the year.
        let statuses =
            ["once", "skip"].map {
                #"{"id":"\#($0)","last_updated":"2026-01-01T00:00:00.000Z","next":"2026-01-01T06:00:00.000Z"}"#
            } + [#"{"id":"all","last_updated":"2026-01-01T00:00:00.000Z","next":"2026-01-01T06:00:00.000Z"}"#]
        try first.data.write(statuses.joined(separator: "\n") + "\n", to: "timers.jsonl")
        let data = first.data.path + "/data"
        let imported = try await runPostern([
            "store", "import", "--tenant", "_host", "--collection", "timers", "--existing", "replace", "--data", data,
            first.data.path + "/timers.jsonl",
        ])
        #expect(imported.ending == .exited(0), "\(imported.errors)")

        let host = try await RunningHost(app: app.path, data: first.data)
        #expect(await host.process.waitForOutput("Function 'once' is past due on startup. Executing now."))
        #expect(await host.process.waitForOutput(#"tick once {"IsPastDue":true"#))
        #expect(await host.process.waitForOutput("tick second"))
        func entries(_ name: String) async throws -> [JSON] {
            try await timers(["history", name], host)["entries"].items
        }
        let once = try await eventually("both entries of the run that was made up for") {
            let entries = try await entries("once")
            return entries.count == 2 ? entries : nil
        }
        #expect(once[1]["outcome"] == "succeeded")
        #expect(once[1]["reason"] == "past_due")
        #expect(once[1]["at"] == "2026-01-01T06:00:00.000Z")
        #expect(once[0]["outcome"] == "skipped")
        #expect(once[0]["reason"] == "host_stopped")
        #expect(once[0]["at"] == "2026-01-02T06:00:00.000Z")
        let skip = try await entries("skip")
        #expect(skip.map { $0["reason"] } == ["host_stopped"])
        #expect(skip[0]["at"] == "2026-01-01T06:00:00.000Z")
        let all = try await eventually("a run for each month") {
            let entries = try await entries("all")
            return entries.last?["at"] == "2026-01-01T06:00:00.000Z" && entries.count > 1 ? entries : nil
        }
        #expect(all.allSatisfy { $0["reason"] == "past_due" && $0["outcome"] == "succeeded" })
        #expect(await host.stop() == .exited(0))
    }
}
