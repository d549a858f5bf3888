import FunctionKit
import Glibc
import Testing

/// The life of a real host: an app that cannot start and heals, a drain, a restart, an app that is taken off line.
@Suite(.timeLimit(.minutes(2)))
struct HostLifeTests {
    private static let http =
        #"{"type":"httpTrigger","direction":"in","name":"req","authLevel":"anonymous","methods":["get"]}"#
    private static let hello =
        #"{"scriptFile":"libHelloHello.so","entryPoint":"HelloHello.HelloHello","bindings":[\#(http)]}"#
    private static let wait =
        #"{"scriptFile":"libHelloWait.so","entryPoint":"HelloWait.HelloWait","bindings":[\#(http)]}"#

    private func app(hostJSON: String = #"{"version":"2.0"}"#) throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try folder.write(hostJSON, to: "host.json")
        try folder.write(Self.hello, to: "hello/function.json")
        return folder
    }

    private func masterKey(_ host: RunningHost) async throws -> HTTPFields {
        let keys = try await runPostern(["keys", "list", "--data", host.data.path + "/data"])
        let master = try #require(keys.output.split(separator: "\n").first { $0.hasPrefix("master\t") })
        return ["x-functions-key": String(try #require(master.split(separator: "\t").last))]
    }

    /// Asks for the status until it names a state.
    private func wait(for state: String, _ host: RunningHost, _ key: HTTPFields) async throws -> String {
        try await eventually("the state \(state)") {
            let body = try await host.send(.get, "/admin/host/status", headers: key).body
            return body.contains(#""state":"\#(state)""#) ? body : nil
        }
    }

    @Test(arguments: [
        ("", "Unable to parse host configuration file"), ("{", "Unable to parse host configuration file"),
        (#"{"version":"3.0"}"#, "does not correspond to the function runtime version"),
        (#"{"logging":{}}"#, "is missing the required 'version' property."),
        (#"{"version":"2.0","functionTimeout":"soon"}"#, "'soon' is not a time such as"),
    ])
    func aBrokenHostJSONHealsWhenItIsMended(text: String, reason: String) async throws {
        let app = try app(hostJSON: text)
        let host = try await RunningHost(app: app.path)
        #expect(host.process.output.contains(reason), "\(host.process.output)")
        #expect(host.process.output.contains("No function runs."))
        let answer = try await host.send(.get, "/api/hello")
        #expect(answer.status == 503)
        #expect(answer.body == "Function host is not running.")
        #expect(try await host.send(.get, "/admin/host/ping").status == 200)
        #expect(try await host.send(.get, "/admin/host/status").status == 401)
        let key = try await masterKey(host)
        #expect(try await wait(for: "Error", host, key).contains(reason.prefix(20)))
        #expect(try await host.send(.get, "/admin/functions", headers: key).status == 503)
        #expect(try await host.send(.post, "/admin/host/resume", headers: key).status == 409)
        #expect(try await host.send(.get, "/admin/queues", headers: key).status == 200, "The store is there.")

        try app.write(#"{"version":"2.0","extensions":{"http":{"routePrefix":"v1"}}}"#, to: "host.json")
        _ = try await wait(for: "Running", host, key)
        #expect(try await host.send(.get, "/v1/hello").body == "hello, world")
        #expect(await host.stop() == .exited(0))
    }

    @Test func aChangeThatMendsNothingLeavesTheError() async throws {
        let app = try app(hostJSON: "{")
        let host = try await RunningHost(app: app.path)
        try app.write("{{", to: "host.json")
        #expect(await host.process.waitForOutput("StartupCount=2"))
        try app.write(Self.wait, to: "wait/function.json")
        #expect(await host.process.waitForOutput("StartupCount=3"), "A function.json counts as well.")
        try app.write(#"{"version":"2.0"}"#, to: "host.json")
        #expect(await host.process.waitForOutput("from Initialized to Running."))
        #expect(try await host.send(.get, "/api/wait").body == "waited")
        #expect(await host.stop() == .exited(0))
    }

    @Test func aHostInErrorStops() async throws {
        let app = try app(hostJSON: "{")
        defer { withExtendedLifetime(app) {} }
        let host = try await RunningHost(app: app.path)
        #expect(await host.stop() == .exited(0))
    }

    @Test func aRestartTakesTheFilesAsTheyAre() async throws {
        let app = try app()
        let host = try await RunningHost(app: app.path)
        let key = try await masterKey(host)
        try app.write(#"{"version":"2.0","extensions":{"http":{"routePrefix":"v2"}}}"#, to: "host.json")
        try app.write(Self.wait, to: "wait/function.json")
        #expect(try await host.send(.get, "/v2/hello").status == 404, "A running app is not restarted by itself.")
        let answer = try await host.send(.post, "/admin/host/restart", headers: key)
        #expect(answer.status == 200)
        #expect(answer.body.contains(#""isSelfHost":true"#))
        #expect(await host.process.waitForOutput("from Running to Starting."))
        _ = try await wait(for: "Running", host, key)
        #expect(try await host.send(.get, "/v2/wait").body == "waited")
        #expect(try await host.send(.get, "/api/hello").status == 404)

        try app.write("{", to: "host.json")
        _ = try await host.send(.post, "/admin/host/restart", headers: key)
        _ = try await wait(for: "Error", host, key)
        #expect(try await host.send(.get, "/v2/hello").status == 503)
        try app.write(#"{"version":"2.0"}"#, to: "host.json")
        _ = try await wait(for: "Running", host, key)
        #expect(try await host.send(.get, "/api/hello").status == 200)
        #expect(await host.stop() == .exited(0))
    }

    @Test func noRequestIsLostInARestart() async throws {
        let app = try app()
        defer { withExtendedLifetime(app) {} }
        let host = try await RunningHost(app: app.path)
        let key = try await masterKey(host)
        let bad = LockedState<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<150 {
                        let status = try await host.send(.get, "/api/hello").status
                        if status != 200 { bad.withLock { $0.append(status) } }
                    }
                }
            }
            for _ in 0..<5 {
                _ = try await host.send(.post, "/admin/host/restart", headers: key)
                _ = try await wait(for: "Running", host, key)
            }
            try await group.waitForAll()
        }
        #expect(bad.withLock { $0 }.isEmpty)
        #expect(await host.stop() == .exited(0))
    }

    @Test func aDrainStopsTimersAndGoesOnWithHTTP() async throws {
        let app = try app()
        defer { withExtendedLifetime(app) {} }
        let host = try await RunningHost(app: app.path)
        let key = try await masterKey(host)
        func status() async throws -> String {
            try await host.send(.get, "/admin/host/drain/status", headers: key).body
        }
        #expect(try await status().contains(#""state":"Disabled""#))
        #expect(try await host.send(.post, "/admin/host/drain", headers: key).status == 202)
        #expect(await host.process.waitForOutput("Call to StopAsync complete, registered listeners are now stopped"))
        #expect(host.process.output.contains("DrainMode mode enabled"))
        #expect(try await status().contains(#""state":"Completed""#))
        #expect(try await host.send(.get, "/api/hello").status == 200)
        let resumed = try await host.send(.post, "/admin/host/resume", headers: key)
        #expect(resumed.status == 200)
        #expect(resumed.body == #"{"state":"Running"}"#)
        #expect(try await status().contains(#""state":"Disabled""#))
        #expect(await host.stop() == .exited(0))
    }

    @Test func anAppIsTakenOffLineAndBroughtBack() async throws {
        let app = try app()
        let host = try await RunningHost(app: app.path)
        let key = try await masterKey(host)
        func set(_ state: String) async throws -> Int {
            try await host.send(.put, "/admin/host/state", headers: key, body: "\"\(state)\"").status
        }
        #expect(try await set("running") == 200)
        #expect(try await set("offline") == 202)
        #expect(try await set("offline") == 200)
        let answer = try await host.send(.get, "/api/hello")
        #expect(answer.status == 503)
        #expect(answer.headers["Content-Type"] == "text/html; charset=utf-8")
        #expect(answer.body == app.read("app_offline.htm"))
        #expect(try await set("running") == 202)
        _ = try await wait(for: "Running", host, key)
        #expect(app.read("app_offline.htm") == nil)
        #expect(try await host.send(.get, "/api/hello").status == 200)

        try app.write("<p>gone fishing", to: "app_offline.htm")
        _ = try await wait(for: "Offline", host, key)
        #expect(try await host.send(.get, "/").body == "<p>gone fishing")
        #expect(await host.stop() == .exited(0))

        let again = try await RunningHost(app: app.path, data: host.data)
        #expect(try await again.send(.get, "/api/hello").body == "<p>gone fishing")
        unlink(app.path + "/app_offline.htm")
        _ = try await wait(for: "Running", again, key)
        #expect(try await again.send(.get, "/api/hello").status == 200)
        #expect(await again.stop() == .exited(0))
    }
}
