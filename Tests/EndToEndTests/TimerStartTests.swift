import FoundationEssentials
import FunctionHost
import FunctionKit
import Testing

/// What the real host makes of the progress that it finds of a timer, and of a drain.
struct TimerStartTests {
    /// Progress in the store, in years from now: `-1` is midnight of 1 January of last year.
    struct Row: Sendable {
        var name: String
        var schedule = "0 0 0 1 1 *"
        var more = ""
        var last: String?
        var next: String
        var updated: String?
        /// How the function was run, `past_due` or `run_on_startup`; nil when it was not.
        var runs: String?
        /// The next time afterwards.
        var then = "+1"
        /// The history, the oldest entry first, as `outcome reason count`.
        var history: [String] = []
    }

    private static let rows = [
        Row(name: "kept", last: "+0", next: "+1", updated: "+0"),
        Row(
            name: "missed",
            last: "-1",
            next: "+0",
            updated: "-1",
            runs: "past_due",
            history: ["succeeded past_due 1"]
        ),
        Row(
            name: "missed-often",
            last: "-4",
            next: "-3",
            updated: "-4",
            runs: "past_due",
            history: ["succeeded past_due 1", "skipped host_stopped 3"]
        ),
        Row(name: "never-ran", next: "+0", updated: "-1", runs: "past_due", history: ["succeeded past_due 1"]),
        Row(name: "neither", next: "+0"),
        Row(
            name: "both",
            more: #","runOnStartup":true"#,
            last: "-1",
            next: "+0",
            updated: "-1",
            runs: "past_due",
            history: ["succeeded past_due 1"]
        ),
        Row(
            name: "startup",
            more: #","runOnStartup":true"#,
            last: "+0",
            next: "+1",
            updated: "+0",
            runs: "run_on_startup",
            history: ["succeeded run_on_startup 1"]
        ),
        Row(
            name: "edited",
            schedule: "0 0 0 1 1-2,4-12 *",
            last: "-1",
            next: "+0",
            updated: "-1",
            then: "",
            history: ["skipped schedule_edited 1"]
        ),
        Row(name: "edited-early", last: "+0", next: "+3", updated: "+0"),
        Row(name: "edited-missed", last: "-3", next: "-1", updated: "-3", history: ["skipped schedule_edited 1"]),
        Row(name: "unreal", last: "+5", next: "+6", updated: "+5"),
        Row(
            name: "skip",
            more: #","missed":"skip""#,
            last: "-3",
            next: "-2",
            updated: "-3",
            history: ["skipped host_stopped 3"]
        ),
        Row(
            name: "all",
            more: #","missed":"all""#,
            last: "-2",
            next: "-1",
            updated: "-2",
            runs: "past_due",
            history: ["succeeded past_due 1", "succeeded past_due 1"]
        ),
        Row(
            name: "no-monitor",
            more: #","useMonitor":false"#,
            last: "-2",
            next: "-1",
            updated: "-2"
        ),
    ]

    private static func moment(_ years: String, _ year: Int) -> String {
        "\(year + (Int(years) ?? 0))-01-01T00:00:00.000Z"
    }

    private func app(_ bindings: [(String, String)], hostJSON: String) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(hostJSON, to: "host.json")
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
        let place = ["--json", "--data", host.data.path + "/data", "--port", host.port]
        let result = try await runPostern(["timers"] + words + place)
        #expect(result.ending == .exited(0), "\(result.errors)")
        return try JSONDecoder().decode(JSON.self, from: Data(result.output.utf8))
    }

    @Test func progressOfEveryKindIsTakenUpAsInAzure() async throws {
        let app = try app(
            Self.rows.map { ($0.name, #""schedule":"\#($0.schedule)"\#($0.more)"#) },
            hostJSON: #"{"version":"2.0","logging":{"logLevel":{"Host.Triggers.Timer":"Debug"}}}"#
        )
        let data = try ScratchFolder()
        let year = try #require(Int("\(SystemClock().now)".prefix(4)))
        let records = Self.rows.map { row in
            let members = [("last", row.last), ("next", row.next), ("last_updated", row.updated)]
                .compactMap { name, years in years.map { #""\#(name)":"\#(Self.moment($0, year))""# } }
            return "{" + ([#""id":"\#(row.name)""#] + members).joined(separator: ",") + "}"
        }
        try data.write(records.joined(separator: "\n") + "\n", to: "timers.jsonl")
        // The collection is there once a host has run.
        #expect(await (try RunningHost(app: app.path, data: data)).stop() == .exited(0))
        let imported = try await runPostern([
            "store", "import", "--tenant", "_host", "--collection", "timers", "--existing", "replace", "--data",
            data.path + "/data", data.path + "/timers.jsonl",
        ])
        #expect(imported.ending == .exited(0), "\(imported.errors)")

        let host = try await RunningHost(app: app.path, data: data)
        #expect(await host.process.waitForOutput("Timer listener started (unreal)"))
        for row in Self.rows {
            let history = try await eventually("the history of \(row.name)") {
                let entries = try await timers(["history", row.name], host)["entries"].items.reversed()
                return entries.count >= row.history.count ? Array(entries) : nil
            }
            let lines = history.map {
                "\($0["outcome"].text ?? "") \($0["reason"].text ?? "") \($0["count"].encoded)"
            }
            #expect(lines == row.history, "\(row.name)")
            let output = host.process.output
            let isPastDue = output.contains("Function '\(row.name)' is past due on startup. Executing now.")
            #expect(isPastDue == (row.runs == "past_due"), "\(row.name)")
            #expect(output.contains(#"tick \#(row.name) {"IsPastDue":true"#) == isPastDue, "\(row.name)")
            let isStartup = output.contains("Function '\(row.name)' is configured to run on startup. Executing now.")
            #expect(isStartup == (row.runs == "run_on_startup"), "\(row.name)")
            #expect(output.contains(#"tick \#(row.name) {"IsPastDue":false"#) == isStartup, "\(row.name)")
        }
        let list = try await timers(["list"], host)["timers"].items
        for row in Self.rows where !row.then.isEmpty {
            let timer = try #require(list.first { $0["name"].text == row.name })
            #expect(timer["next"].text == Self.moment(row.then, year), "\(row.name)")
        }
        #expect(await host.stop() == .exited(0))
    }

    @Test func aDrainedHostFiresNothingAndRunsWhatItIsAsked() async throws {
        let app = try app(
            [("second", #""schedule":"* * * * * *""#), ("daily", #""schedule":"0 0 6 * * *""#)],
            hostJSON: #"{"version":"2.0"}"#
        )
        let host = try await RunningHost(app: app.path)
        let place = ["--data", host.data.path + "/data", "--port", host.port]
        let keys = try await runPostern(["keys", "list", "master"] + place)
        let key = try #require(keys.output.split(whereSeparator: \.isWhitespace).last)
        let header: HTTPFields = ["x-functions-key": String(key)]
        #expect(await host.process.waitForOutput("tick second"))
        #expect(try await host.send(.post, "/admin/host/drain", headers: header).status == 202)
        #expect(await host.process.waitForOutput("registered listeners are now stopped"))
        let ticks = host.process.output.split(separator: "tick second").count
        let list = try await timers(["list"], host)["timers"].items
        #expect(list.map { $0["state"].text } == ["drained", "drained"])
        #expect(list.allSatisfy { $0["next"].text == nil })
        let run = try await runPostern(["run", "daily"] + place)
        #expect(run.ending == .exited(0), "\(run.errors)")
        #expect(host.process.output.contains("tick daily"))
        #expect(try await host.send(.post, "/admin/functions/daily", headers: header, body: "{}").status == 202)
        try await Task.sleep(for: .milliseconds(1100))
        #expect(host.process.output.split(separator: "tick second").count == ticks, "A second has passed.")
        #expect(try await host.send(.post, "/admin/host/resume", headers: header).status == 200)
        _ = try await eventually("a tick after the resume") {
            host.process.output.split(separator: "tick second").count > ticks ? true : nil
        }
        let resumed = try await timers(["list"], host)["timers"].items
        #expect(resumed.map { $0["state"].text } == ["waiting", "waiting"])
        #expect(await host.stop() == .exited(0))
    }
}
