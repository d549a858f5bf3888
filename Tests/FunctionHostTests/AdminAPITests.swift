import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// The host's own endpoints: which paths they own, who may call them, and what they answer.
struct AdminAPITests {
    private let app = TestApp()
    private let log: SilentLog
    private let api: AdminAPI
    private let function: LoadedFunction

    private struct Nightly: TimerFunction {
        init(app: AppContext) {}
        func fire(_ timer: TimerInfo, context: InvocationContext) async {}
    }

    init() throws {
        let entryPoint = try #require(EntryPoint("Nightly.Nightly"))
        let descriptor = FunctionDescriptor(
            name: "nightly",
            folder: "/app/nightly",
            file: "nightly/function.json",
            scriptFile: "libNightly.so",
            entryPoint: entryPoint,
            trigger: .timer(TimerTrigger(schedule: "0 0 3 * * *", runOnStartup: false, useMonitor: true)),
            bindings: [],
            settings: [],
            isDisabled: false,
            source: []
        )
        function = LoadedFunction(descriptor: descriptor, instance: .timer(Nightly(app: app.context())))
        log = SilentLog(clock: app.clock)
        let configuration = HostConfiguration()
        let running = RunningApp(
            configuration: configuration,
            functions: [function],
            problems: [],
            routes: RouteTable.make(for: [], prefix: configuration.http.routePrefix).0,
            httpFunctions: [],
            invoker: Invoker(clock: app.clock, random: app.random, log: log.log, timeout: nil),
            keys: nil
        )
        api = AdminAPI(
            slot: AppSlot(running),
            control: ScriptedHostControl(),
            status: HostStatus(instanceID: "i", startedAt: app.clock.now, version: "0"),
            keys: KeyStore(
                ring: KeyRing([
                    Key(scope: .master, name: "master", value: "master-key"),
                    Key(scope: .hostFunction, name: "default", value: "function-key"),
                ]),
                store: app.store.tenant(.host),
                random: app.random
            ),
            clock: app.clock,
            queues: QueueInspector(engine: app.engine, store: app.store, clock: app.clock),
            store: StoreInspector(engine: app.engine, maintenance: ScriptedMaintenance()),
            runner: { _, _ in
                InvocationOutcome(id: InvocationID(high: 0, low: 0), nanoseconds: 0, failure: nil, response: nil)
            }
        )
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        query: String? = nil,
        key: String? = "master-key",
        body: String = ""
    ) async -> (status: Int, body: String) {
        var request = HTTPRequest(method: method, path: path, query: query, body: HTTPBody(body))
        if let key { request.headers.append("x-functions-key", key) }
        let response = await api.respond(to: request)
        return (response.status.rawValue, String(decoding: response.body.bytes ?? [], as: UTF8.self))
    }

    @Test(arguments: [
        ("/admin", true), ("/admin/", true), ("/admin/x", true), ("/Admin/host", true), ("/%61dmin/host", true),
        ("/%41DMIN", true), ("/administrator", false), ("/api/admin", false), ("//admin", false), ("/", false),
        ("/a", false), ("*", false), ("/%", false), ("/%6", false), ("/ädmin", false), ("/%2561dmin", false),
    ])
    func ownsWhatBeginsWithAdmin(path: String, owns: Bool) {
        #expect(AdminAPI.owns(path) == owns)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/admin/host/status", 200), (.head, "/admin/host/status", 200),
        (.get, "/ADMIN/Host/STATUS", 200), (.get, "/admin//host/status/", 200), (.post, "/admin/host/status", 404),
        (.get, "/admin", 404), (.get, "/admin/host", 404), (.get, "/admin/functions", 200),
        (.get, "/admin/functions/%00", 404), (.get, "/admin/functions/a%2Fb/status", 404),
        (.post, "/admin/functions/none", 404), (.delete, "/admin/functions", 404), (.get, "/admin/queues", 200),
        (.head, "/admin/queues", 200), (.post, "/admin/queues", 404), (.get, "/admin/queues/mail-out", 404),
    ])
    func answersTheMasterKey(method: HTTPMethod, path: String, status: Int) async {
        #expect(await send(method, path).status == status)
        #expect(await send(method, path, key: nil).status == 401)
        #expect(await send(method, path, key: "function-key").status == 403)
        #expect(await send(method, path, key: "wrong").status == 401)
    }

    @Test func runsByHandAreBounded() async {
        for _ in 0..<AdminAPI.runsMax { function.counters.begin() }
        let answer = await send(.post, "/admin/functions/Nightly", body: "{}")
        #expect(answer.status == 429)
        #expect(answer.body.contains(#""code":"too_many_runs""#))
    }

    @Test func theQueuesAreListedShownAndSentAgain() async throws {
        let tenant = try app.store.tenant("acme")
        let queue = try QueueName("mail-out")
        var record = QueueRecord(queue: try queue.poison, payload: "lost", visibleAt: app.clock.now)
        record.originalQueue = "mail-out"
        _ = try await tenant.collection(.queues).create(record, id: "Msg%1")
        let list = await send(.get, "/admin/queues").body
        #expect(list.contains(#""queue":"mail-out""#))
        #expect(list.contains(#""poison":1"#))
        let path = "/admin/queues/mail-out-poison/messages"
        #expect(await send(.get, path, query: "tenant=acme").body.contains(#""payload":"lost""#))
        #expect(await send(.post, path + "/Msg%251/retry", query: "tenant=acme").status == 200)
        #expect(try await tenant.collection(.queues).get("Msg%1")?.queue == "mail-out")
        let again = await send(.post, path + "/Msg%251/retry", query: "tenant=acme")
        #expect(again.status == 404)
        #expect(again.body.contains("no_poison_message"))
    }

    @Test(arguments: [
        ("/admin/queues", "limit=0", "invalid_limit"), ("/admin/queues", "limit=501", "invalid_limit"),
        ("/admin/queues", "limit=x", "invalid_limit"), ("/admin/queues", "tenant=A%20B", "invalidName"),
        ("/admin/queues/q!/messages", "tenant=acme", "invalidName"),
        ("/admin/queues/mail-out/messages", "", "tenant_missing"),
        ("/admin/queues/mail-out/messages", "tenant=..", "invalidName"),
        ("/admin/queues/mail-out/messages", "tenant=acme&cursor=x", "invalidQuery"),
    ])
    func badQuestionsAreAnsweredWith400(path: String, query: String, code: String) async {
        let answer = await send(.get, path, query: query)
        #expect(answer.status == 400)
        #expect(answer.body.contains(#""code":"\#(code)""#))
    }
}
