import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What the endpoints below `/admin/host` answer, with an app and without one.
struct AdminHostTests {
    private let app = TestApp()
    private let log: SilentLog

    init() { log = SilentLog(clock: app.clock) }

    private func configuration(_ text: String = "{}") throws -> HostConfiguration {
        try HostConfiguration.parse(Array(text.utf8))
    }

    private func api(_ slot: AppSlot, _ control: ScriptedHostControl) -> AdminAPI {
        AdminAPI(
            slot: slot,
            control: control,
            status: HostStatus(
                id: "machine-1",
                instanceID: "i",
                computerName: "machine",
                appRoot: "/app",
                dataFolder: "/data",
                startedAt: app.clock.now,
                version: "9"
            ),
            keys: KeyStore(
                ring: KeyRing([Key(scope: .master, name: "master", value: "master-key")]),
                store: app.store.tenant(.host),
                random: app.random
            ),
            clock: app.clock,
            queues: QueueInspector(engine: app.engine, store: app.store, clock: app.clock),
            store: StoreInspector(engine: app.engine, maintenance: ScriptedMaintenance()),
            runner: { _, _ in .notRunning }
        )
    }

    private func slot(_ configuration: HostConfiguration) -> AppSlot {
        AppSlot(
            RunningApp(
                configuration: configuration,
                functions: [],
                problems: [],
                routes: RouteTable.make(for: [], prefix: "api").0,
                httpFunctions: [],
                invoker: Invoker(clock: app.clock, random: app.random, log: log.log, timeout: nil),
                keys: nil
            )
        )
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        body: String = "",
        to api: AdminAPI
    ) async -> (status: Int, body: String) {
        var request = HTTPRequest(method: method, path: "/admin/host/" + path, body: HTTPBody(body))
        request.headers.append("x-functions-key", "master-key")
        let response = await api.respond(to: request)
        return (response.status.rawValue, String(decoding: response.body.bytes ?? [], as: UTF8.self))
    }

    @Test(arguments: [
        (HTTPMethod.get, "status", "", 200, 200), (.get, "processes", "", 200, 200), (.get, "config", "", 200, 503),
        (.post, "drain", "", 202, 503), (.get, "drain", "", 404, 404), (.get, "drain/status", "", 200, 503),
        (.post, "resume", "", 200, 409), (.post, "restart", "", 200, 200), (.get, "restart", "", 404, 404),
        (.post, "debug", "", 501, 501), (.post, "scale/status", "", 404, 404), (.get, "extensions", "", 404, 404),
        (.put, "state", "", 400, 400), (.put, "state", "\"stopped\"", 400, 400), (.put, "state", "offline", 400, 400),
        (.put, "state", "\"RUNNING\"", 200, 200), (.post, "log", "[]", 200, 200), (.post, "log", "null", 400, 400),
        (.post, "log", "", 400, 400), (.post, "log", "{}", 400, 400), (.post, "log", #"[{"level":9}]"#, 400, 400),
        (.post, "log", #"[{"level":"loud"}]"#, 400, 400), (.post, "log", "[null]", 400, 400),
        (.post, "log", #"[{"level":{}}]"#, 400, 400), (.put, "state", "'running'", 200, 200),
    ])
    func answers(method: HTTPMethod, path: String, body: String, running: Int, error: Int) async throws {
        let full = api(slot(try configuration()), ScriptedHostControl())
        #expect(await send(method, path, body: body, to: full).status == running)
        let empty = api(AppSlot(), ScriptedHostControl(.init(state: .error, errors: ["host.json is broken."])))
        #expect(await send(method, path, body: body, to: empty).status == error)
    }

    @Test func theStatusTellsStateAndErrors() async throws {
        let control = ScriptedHostControl(.init(state: .error, errors: ["host.json is broken."]))
        let body = await send(.get, "status", to: api(AppSlot(), control)).body
        for part in [
            #""id":"machine-1""#, #""state":"Error""#, #""version":"9""#, #""instanceId":"i""#,
            #""computerName":"machine""#, #""processUptime":0"#, #""errors":["host.json is broken."]"#,
            #""functionAppContentEditingState":"NotAllowed""#,
        ] {
            #expect(body.contains(part), "\(body)")
        }
        let running = await send(.get, "status", to: api(slot(try configuration()), ScriptedHostControl())).body
        #expect(running.contains(#""state":"Running""#))
        #expect(!running.contains("errors"))
    }

    @Test func aDrainIsToldOf() async throws {
        let control = ScriptedHostControl(.init(outstandingInvocations: 2))
        let api = api(slot(try configuration()), control)
        #expect(await send(.get, "drain/status", to: api).body.contains(#""state":"Disabled""#))
        #expect(await send(.post, "drain", to: api).body.isEmpty)
        let status = await send(.get, "drain/status", to: api).body
        #expect(status.contains(#""state":"InProgress""#))
        #expect(status.contains(#""outstandingInvocations":2"#))
        #expect(status.contains(#""outstandingRetries":0"#))
        #expect(await send(.post, "resume", to: api).body == #"{"state":"Running"}"#)
        #expect(control.script.withLock { $0.calls } == ["drain", "resume"])
    }

    @Test func theStateIsSetOnceAndAFailureSaysWhy() async throws {
        let control = ScriptedHostControl()
        let api = api(slot(try configuration()), control)
        #expect(await send(.put, "state", body: #""offline""#, to: api).status == 202)
        #expect(await send(.put, "state", body: #""Offline""#, to: api).status == 200)
        #expect(await send(.put, "state", body: #""running""#, to: api).status == 202)
        control.script.withLock { $0.failure = HostControlError("'/app/app_offline.htm' cannot be written: full.") }
        let answer = await send(.put, "state", body: #""offline""#, to: api)
        #expect(answer.status == 500)
        #expect(answer.body.contains("cannot be written: full."))
    }

    @Test(arguments: [
        (#"{"level":"Error","message":"m"}"#, "log error Host.Log m"),
        (#"{"level":3,"message":"m"}"#, "log information Host.Log m"),
        (#"{"level":"VERBOSE","functionName":"a","message":"m"}"#, "log trace Function.a.User m"),
        (#"{"level":2,"functionName":"no name","source":"s","message":"m"}"#, "log warning Host.Log m"),
        (#"{"message":"m"}"#, "log information Host.Log m"), (#"{"level":"Off","message":"m"}"#, String?.none),
        (#"{"level":1}"#, nil), (#"{"Level":"2","MESSAGE":5}"#, "log warning Host.Log 5"),
        (#"{"level":null,"message":"m"}"#, "log information Host.Log m"),
        ("{message: 'm',}", "log information Host.Log m"),
    ])
    func foreignLogEntriesAreWritten(entry: String, call: String?) async throws {
        let control = ScriptedHostControl()
        let api = api(slot(try configuration()), control)
        #expect(await send(.post, "log", body: "[\(entry)]", to: api).status == 200)
        #expect(control.script.withLock { $0.calls } == (call.map { [$0] } ?? []))
    }

    @Test func theConfigurationHasDefaultsAndNoSecrets() async throws {
        let text = """
            {"version":"2.0","functionTimeout":"00:05:00","functions":["a","b"],
             "extensions":{"HTTP":{"routePrefix":"","customHeaders":{"x-api-key":"k1","Server":"s"}},
                           "other":{"address":"Server=db;Password=p","size":5}},
             "logging":{"logLevel":{"default":"Warning"}}}
            """
        let body = await send(.get, "config", to: api(slot(try configuration(text)), ScriptedHostControl())).body
        for part in [
            #""version":"2.0""#, #""functionTimeout":"00:05:00""#, #""functions":["a","b"]"#, #""routePrefix":"""#,
            #""maxConcurrentRequests":-1"#, #""batchSize":16"#, #""x-api-key":"[Hidden Credential]""#,
            #""address":"[Hidden Credential]""#, #""size":5"#, #""default":"Warning""#, #""isEnabled":false"#,
        ] {
            #expect(body.contains(part), "\(body)")
        }
        #expect(!body.contains("k1"))
    }

    @Test(arguments: [
        (String?.none, "Build-Box.1", "/srv/app", "buildbox1-"), ("My-App", "box", "/", "my-app"), ("", "", "/a", "-"),
        (nil, String(repeating: "a", count: 40), "/", String(repeating: "a", count: 32)),
        (nil, String(repeating: "a", count: 31), "/", String(repeating: "a", count: 31)),
    ])
    func theHostIdNamesTheApp(setting: String?, machine: String, path: String, prefix: String) {
        let id = HostIdentifier.make(setting: setting, machine: machine, path: path)
        #expect(id.hasPrefix(prefix))
        #expect(id.count <= HostIdentifier.charactersMax)
        #expect(HostIdentifier.hash("ab") == (23 * 31 + 97) * 31 + 98)
    }
}
