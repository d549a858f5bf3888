import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// The endpoints of the functions: every field, every status, and what a change does to the disk and to the host's life.
struct AdminFunctionsTests {
    private let app = TestApp()
    private let root: TemporaryFolder
    private let data: TemporaryFolder
    private let control = ScriptedHostControl()
    private let log: SilentLog
    private let api: AdminAPI
    private let keys: KeyStore
    private let runs = LockedState<[String]>([])

    private struct Hello: HTTPFunction {
        init(app: AppContext) {}
        func respond(to request: HTTPRequest, context: InvocationContext) async -> HTTPResponse { .text("hello") }
    }

    private static let source = #"""
        // A comment
        {"configurationSource": "Attributes", 'scriptFile': "lib Hello.so", "bindings": [
          {"type": "httpTrigger", "name": "req", "route": "Items/{ID:int?}"}, {"type": "http", "name": "$return"},],
         "number": 1.50}
        """#

    init() throws {
        root = try TemporaryFolder()
        data = try TemporaryFolder()
        try root.write("{}", to: "host.json")
        try root.write(Self.source, to: "Functions/Hello/function.json")
        try root.write("{}", to: "nightly/function.json")
        log = SilentLog(clock: app.clock)
        let app = app
        func function(_ name: String, _ file: String, _ trigger: Trigger, _ source: String, _ isDisabled: Bool) throws
            -> LoadedFunction
        {
            let descriptor = FunctionDescriptor(
                name: name,
                folder: "/app/" + file,
                file: file,
                scriptFile: "lib.so",
                entryPoint: try #require(EntryPoint("A.B")),
                trigger: trigger,
                bindings: [],
                settings: [],
                isDisabled: isDisabled,
                source: Array(source.utf8)
            )
            return LoadedFunction(descriptor: descriptor, instance: .http(Hello(app: app.context())))
        }
        let running = RunningApp(
            configuration: HostConfiguration(),
            functions: [
                try function(
                    "Hello",
                    "Functions/Hello/function.json",
                    .http(HTTPTrigger(route: "Items/{ID:int?}")),
                    Self.source,
                    false
                ),
                try function(
                    "nightly",
                    "nightly/function.json",
                    .timer(TimerTrigger(schedule: "0 0 3 * * *", runOnStartup: false, useMonitor: true)),
                    #"{"bindings": [{"type": "timerTrigger", "name": "t", "schedule": "0 0 3 * * *"}]}"#,
                    true
                ),
            ],
            problems: [
                FunctionProblem(functionName: "broken", file: "broken/function.json", key: "bindings", reason: "One."),
                FunctionProblem(functionName: "broken", file: "broken/function.json", reason: "Two."),
            ],
            routes: RouteTable.make(for: [], prefix: "api").0,
            httpFunctions: [],
            invoker: Invoker(clock: app.clock, random: app.random, log: log.log, timeout: nil),
            keys: nil
        )
        keys = KeyStore(
            ring: KeyRing([
                Key(scope: .master, name: "master", value: "master-key"),
                Key(scope: .function("hello"), name: "default", value: "hello-key"),
            ]),
            store: app.store.tenant(.host),
            random: app.random
        )
        let runs = runs
        api = AdminAPI(
            slot: AppSlot(running),
            control: control,
            status: HostStatus(instanceID: "i", startedAt: app.clock.now, version: "0"),
            keys: keys,
            clock: app.clock,
            queues: QueueInspector(engine: app.engine, store: app.store, clock: app.clock),
            store: StoreInspector(engine: app.engine, maintenance: ScriptedMaintenance()),
            folders: FunctionFolders(root: root.path, dataFolder: data.path),
            runner: { function, run in
                runs.withLock { $0.append("\(function.name) \(run.input ?? "nil")") }
                return InvocationOutcome(
                    id: InvocationID(high: 0, low: 0),
                    nanoseconds: 0,
                    failure: nil,
                    response: nil
                )
            }
        )
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        query: String? = nil,
        key: String? = "master-key",
        body: String = ""
    ) async throws -> (status: Int, headers: HTTPFields, body: String) {
        var request = HTTPRequest(
            method: method,
            path: path,
            query: query,
            headers: ["Host": "localhost:7071"],
            body: HTTPBody(body)
        )
        if let key { request.headers.append("x-functions-key", key) }
        let response = await api.respond(to: request)
        let text = String(decoding: try await response.body.collect(), as: UTF8.self)
        return (response.status.rawValue, response.headers, text)
    }

    private static let hello =
        #"{"name":"Hello","script_root_path_href":"http://localhost:7071/admin/vfs/site/wwwroot/Functions/Hello/","#
        + #""script_href":"http://localhost:7071/admin/vfs/site/wwwroot/Functions/Hello/lib%20Hello.so","#
        + #""config_href":"http://localhost:7071/admin/vfs/site/wwwroot/Functions/Hello/function.json","#
        + #""test_data_href":"http://localhost:7071/admin/vfs/data/Functions/sampledata/Hello.dat","#
        + #""href":"http://localhost:7071/admin/functions/Hello","#
        + #""invoke_url_template":"http://localhost:7071/api/items/{id:int?}","language":"swift","#
        + #""config":{"configurationSource":"Attributes","scriptFile":"lib Hello.so","bindings":["#
        + #"{"type":"httpTrigger","name":"req","route":"Items/{ID:int?}"},{"type":"http","name":"$return"}],"number":1.50},"#
        + #""files":null,"test_data":"","isDisabled":false,"isDirect":true,"isProxy":false,"trigger":"httpTrigger","#
        + #""succeeded":0,"failed":0,"running":0}"#

    @Test func oneFunctionIsShownWithEveryField() async throws {
        let reply = try await send(.get, "/admin/functions/HELLO")
        #expect(reply.status == 200)
        #expect(reply.headers["Content-Type"] == "application/json")
        #expect(reply.body == Self.hello)
    }

    @Test func allFunctionsAreListedInOrder() async throws {
        try data.write("data", to: "sampledata/nightly.dat")
        let reply = try await send(.get, "/admin/functions")
        let list = try #require(try LenientJSON.parse(Array(reply.body.utf8)).elements)
        #expect(list.map { $0["name"]?.string } == ["Hello", "nightly"])
        #expect(list[0].text == Self.hello)
        #expect(list[1]["invoke_url_template"]?.isNull == true)
        #expect(list[1]["isDisabled"]?.bool == true)
        #expect(list[1]["isDirect"]?.bool == false)
        #expect(list[1]["test_data"]?.string == "data")
        #expect(list[1]["script_href"]?.string == "http://localhost:7071/admin/vfs/site/wwwroot/nightly/libNightly.so")
        #expect(data.tree() == ["sampledata/", "sampledata/nightly.dat"], "A question makes no file")
    }

    @Test(
        arguments: [
            (#"{"TYPE": "HTTPTRIGGER", "Route": "/A/{Id}"}"#, "https://h/api//a/{id}"),
            (#"{"type": "httpTrigger", "route": " "}"#, "https://h/api/fn"),
            (#"{"type": "httpTrigger", "route": null}"#, "https://h/api/fn"),
            (#"{"Type": "queueTrigger"}"#, nil), (#"{"name": "x"}"#, nil),
        ] as [(String, String?)]
    )
    func theURLIsTheTemplateWhateverTheCaseOfItsKey(binding: String, url: String?) {
        let source = Array(#"{"configurationsource": "Attributes", "bindings": [\#(binding)]}"#.utf8)
        let view = FunctionView(name: "Fn", folder: "Fn", source: source, routePrefix: "api", testData: nil)
            .json(origin: "https://h")
        #expect(view["invoke_url_template"]?.string == url)
        #expect(view["isDirect"]?.bool == true)
    }

    @Test(arguments: [
        ("hello", 200, "{}"), ("NIGHTLY", 200, "{}"), ("none", 404, ""),
        ("broken", 200, #"{"errors":["broken/function.json: bindings: One.","broken/function.json: Two."]}"#),
    ])
    func statusTellsTheErrors(name: String, status: Int, body: String) async throws {
        let reply = try await send(.get, "/admin/functions/\(name)/status")
        #expect(reply.status == status)
        #expect(reply.body == body)
        if name == "broken" { #expect(try await send(.get, "/admin/functions/broken").status == 404) }
    }

    @Test(
        arguments: [
            (#"{"input": "text"}"#, 202, "nightly text"), (#"{"input": null}"#, 202, "nightly nil"),
            ("{}", 202, "nightly nil"), (#"{"input": "", "more": 1}"#, 202, "nightly "),
            ("null", 400, nil), ("", 400, nil), ("x", 400, nil), ("[]", 400, nil),
            (#"{"input": {"a": 1}}"#, 400, nil), (#"{"input": []}"#, 400, nil), (#"{"input": "x"} y"#, 400, nil),
            // As Newtonsoft's reader takes it.
            (#"{"input": 7}"#, 202, "nightly 7"), (#"{"INPUT": true}"#, 202, "nightly true"),
            ("{input: 'x', /* y */}", 202, "nightly x"),
        ] as [(String, Int, String?)]
    )
    func aRunIsAcceptedAtOnce(body: String, status: Int, run: String?) async throws {
        // With '?wait' the run has ended when the answer is there; without it, only its acceptance can be seen here.
        let reply = try await send(.post, "/admin/functions/Nightly", body: body)
        #expect(reply.status == status)
        if status == 202 { #expect(reply.body.isEmpty) }
        let waited = try await send(.post, "/admin/functions/Nightly", query: "wait=true", body: body)
        #expect(waited.status == (status == 202 ? 200 : status))
        #expect(runs.withLock { $0.contains(run ?? "none") } == (run != nil))
    }

    @Test func aNewFunctionIsWrittenAndTheAppStartedAnew() async throws {
        let body =
            #"{"config": {"bindings": [{"type": "HttpTrigger", "name": "r"}]}, "files": {"a.txt": "a"}, "test_data": "T"}"#
        let reply = try await send(.put, "/admin/functions/Fresh", query: "x=1", body: body)
        #expect(reply.status == 201)
        #expect(reply.headers["Location"] == "http://localhost:7071/admin/functions/Fresh")
        let json = try LenientJSON.parse(Array(reply.body.utf8))
        #expect(json["name"]?.string == "Fresh")
        #expect(json["invoke_url_template"]?.string == "http://localhost:7071/api/fresh")
        #expect(json["test_data"]?.string == "T")
        #expect(json["config"]?.text == #"{"bindings":[{"type":"HttpTrigger","name":"r"}]}"#)
        #expect(root.read("Fresh/a.txt") == "a")
        #expect(control.script.withLock { $0.calls } == ["restart"])
    }

    @Test(arguments: [
        ("host", "{}", "host is not a valid function name"), ("7x", "{}", "7x is not a valid function name"),
        ("a%2Fb", "{}", "a/b is not a valid function name"), ("%2e%2e", "{}", ".. is not a valid function name"),
        (
            "fresh", "{}",
            #"{"error":{"code":"invalid_body","message":"A new function needs 'config', or a file 'function.json'."}}"#
        ),
    ])
    func whatCannotBeWrittenIsRefused(name: String, body: String, words: String) async throws {
        let before = root.tree()
        let reply = try await send(.put, "/admin/functions/\(name)", body: body)
        #expect(reply.status == 400)
        #expect(reply.body == words)
        #expect(root.tree() == before)
        #expect(control.script.withLock { $0.calls }.isEmpty)
    }

    @Test func aFunctionIsRemovedWithItsKeys() async throws {
        #expect(try await send(.delete, "/admin/functions/hello").status == 204)
        #expect(root.tree() == ["Functions/", "host.json", "nightly/", "nightly/function.json"])
        #expect(keys.ring.access("hello-key", to: "hello") == .anonymous)
        #expect(control.script.withLock { $0.calls } == ["restart"])
        #expect(try await send(.delete, "/admin/functions/hello").status == 404)
        #expect(try await send(.delete, "/admin/functions/..").status == 404)
        #expect(control.script.withLock { $0.calls } == ["restart"])
    }

    @Test func theFunctionsAreDownloaded() async throws {
        let reply = try await send(.get, "/admin/functions/download")
        #expect(reply.status == 200)
        #expect(reply.headers["Content-Type"] == "application/zip")
        #expect(reply.headers["Content-Disposition"] == "attachment; filename=\"functions.zip\"")
        #expect(reply.body.contains("Functions/Hello/function.json"))
    }

    @Test(arguments: [
        (HTTPMethod.get, "/admin/functions", 200), (.get, "/admin/functions/none", 404),
        (.get, "/admin/functions/hello/none", 404), (.put, "/admin/functions", 404),
        (.patch, "/admin/functions/hello", 404), (.post, "/admin/functions/none", 404),
        (.get, "/admin/functions/download", 200), (.delete, "/admin/functions/none", 404),
        (.get, "/admin/vfs/site/wwwroot/", 404), (.put, "/admin/vfs/site/wwwroot/x", 404),
    ])
    func onlyTheMasterKeyOpensThem(method: HTTPMethod, path: String, status: Int) async throws {
        #expect(try await send(method, path).status == status)
        #expect(try await send(method, path, key: nil).status == 401)
        #expect(
            try await send(method, path, key: "hello-key").status == 401,
            "A function's key opens the function alone"
        )
    }
}
