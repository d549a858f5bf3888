import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// The endpoints of the keys: shapes, status codes and words.
struct AdminKeysTests {
    private let app = TestApp()
    private let engine: FaultyStoreEngine
    private let keys: KeyStore
    private let api: AdminAPI
    private let log: SilentLog

    private struct Hello: HTTPFunction {
        init(app: AppContext) {}
        func respond(to request: HTTPRequest, context: InvocationContext) async -> HTTPResponse { .text("hello") }
    }

    init() throws {
        engine = FaultyStoreEngine(app.engine)
        let store = Store(engine: engine, clock: app.clock, random: app.random, logger: app.context().logger)
        let ring = KeyRing([
            Key(scope: .master, name: "master", value: "master-key"),
            Key(scope: .hostFunction, name: "default", value: "function-key"),
            Key(scope: .hostSystem, name: "grid_extension", value: "grid-key"),
            Key(scope: .hostSystem, name: "other", value: "system-key"),
        ])
        keys = KeyStore(ring: ring, store: store.tenant(.host), random: app.random)
        let descriptor = FunctionDescriptor(
            name: "hello",
            folder: "/app/hello",
            file: "hello/function.json",
            scriptFile: "libHello.so",
            entryPoint: try #require(EntryPoint("Hello.Hello")),
            trigger: .http(HTTPTrigger(route: "hello", methods: ["get"], authLevel: .function)),
            bindings: [],
            settings: [],
            isDisabled: false,
            source: []
        )
        let function = LoadedFunction(descriptor: descriptor, instance: .http(Hello(app: app.context())))
        log = SilentLog(clock: app.clock)
        let running = RunningApp(
            configuration: HostConfiguration(),
            functions: [function],
            problems: [FunctionProblem(functionName: "broken", file: "broken/function.json", reason: "It is.")],
            routes: RouteTable.make(for: [], prefix: "api").0,
            httpFunctions: [],
            invoker: Invoker(clock: app.clock, random: app.random, log: log.log, timeout: nil),
            keys: ring
        )
        api = AdminAPI(
            slot: AppSlot(running),
            control: ScriptedHostControl(),
            status: HostStatus(instanceID: "i", startedAt: app.clock.now, version: "0"),
            keys: keys,
            clock: app.clock,
            queues: QueueInspector(engine: engine, store: store, clock: app.clock),
            store: StoreInspector(engine: engine, maintenance: ScriptedMaintenance()),
            runner: { _, _ in
                InvocationOutcome(id: InvocationID(high: 0, low: 0), nanoseconds: 0, failure: nil, response: nil)
            }
        )
    }

    private struct Reply {
        var status: Int
        var headers: HTTPFields
        var body: String
        var json: JSONValue? { try? LenientJSON.parse(Array(body.utf8)) }
    }

    private func send(
        _ method: HTTPMethod,
        _ path: String,
        key: String? = "master-key",
        headers: HTTPFields = ["Host": "localhost:7071"],
        body: String = ""
    ) async throws -> Reply {
        var request = HTTPRequest(method: method, path: path, headers: headers, body: HTTPBody(body))
        if let key { request.headers.append("x-functions-key", key) }
        let response = await api.respond(to: request)
        let text = String(decoding: try await response.body.collect(), as: UTF8.self)
        return Reply(status: response.status.rawValue, headers: response.headers, body: text)
    }

    @Test(arguments: [
        ("/admin/host/keys", ["default": "function-key"]),
        ("/admin/host/functionkeys", ["default": "function-key"]),
        ("/ADMIN/Host/FunctionKeys/", ["default": "function-key"]),
        ("/admin/host/systemkeys", ["grid_extension": "grid-key", "other": "system-key"]),
    ])
    func aScopeIsListed(path: String, expected: [String: String]) async throws {
        let reply = try await send(.get, path)
        #expect(reply.status == 200)
        #expect(reply.headers["Content-Type"] == "application/json")
        let json = try #require(reply.json)
        #expect(Set(json.members?.map(\.name) ?? []) == ["keys", "links"])
        let entries = try #require(json["keys"]?.elements)
        #expect(entries.allSatisfy { Set($0.members?.map(\.name) ?? []) == ["name", "value"] })
        let pairs = entries.map { ($0["name"]?.string ?? "", $0["value"]?.string ?? "") }
        #expect(Dictionary(pairs) { $1 } == expected)
        #expect(json["links"]?.elements?.count == 1)
        #expect(json["links"]?.elements?[0]["rel"]?.string == "self")
        #expect(json["links"]?.elements?[0]["href"]?.string == "http://localhost:7071\(path)")
    }

    @Test func oneKeyIsShown() async throws {
        let reply = try await send(.get, "/admin/host/functionkeys/Default")
        #expect(reply.status == 200)
        let json = try #require(reply.json)
        #expect(Set(json.members?.map(\.name) ?? []) == ["name", "value", "links"])
        #expect(json["name"]?.string == "default")
        #expect(json["value"]?.string == "function-key")
        let href = json["links"]?.elements?[0]["href"]?.string
        #expect(href == "http://localhost:7071/admin/host/functionkeys/Default")
    }

    @Test func theMasterKeyIsShownUnderItsNameAndNeverListed() async throws {
        let reply = try await send(.get, "/admin/host/systemkeys/_Master")
        #expect(reply.json?["value"]?.string == "master-key")
        #expect(reply.json?["name"]?.string == "_Master")
        for path in ["/admin/host/keys", "/admin/host/systemkeys", "/admin/functions/hello/keys"] {
            #expect(try await !send(.get, path).body.contains("master"))
        }
        for path in [
            "/admin/host/keys/_master", "/admin/host/systemkeys/master", "/admin/functions/hello/keys/_master",
        ] {
            #expect(try await send(.get, path).status == 404)
        }
    }

    @Test func aFunctionsKeysBeginWithADefaultOne() async throws {
        let first = try await send(.get, "/admin/functions/HELLO/keys")
        let value = try #require(first.json?["keys"]?.elements?.first?["value"]?.string)
        #expect(KeyValue.isGenerated(value, for: .function("hello")))
        #expect(try await send(.get, "/admin/functions/hello/keys/default").json?["value"]?.string == value)
        #expect(keys.ring.access(value, to: "hello") == .function)
        #expect(try await send(.get, "/admin/functions/broken/keys").status == 200, "In error, but there")
    }

    @Test func postGeneratesAndPutSets() async throws {
        for path in ["/admin/host/keys/ops", "/admin/host/systemkeys/ops", "/admin/functions/hello/keys/ops"] {
            let created = try await send(.post, path)
            #expect(created.status == 201)
            #expect(created.headers["Location"] == "http://localhost:7071\(path)")
            #expect(created.json?["name"]?.string == "ops")
            let value = try #require(created.json?["value"]?.string)
            #expect(value.utf8.count == 56)
            let rotated = try await send(.post, path, body: "{not read")
            #expect(rotated.status == 200)
            #expect(rotated.headers["Location"] == nil)
            #expect(rotated.json?["value"]?.string != value)
            #expect(keys.ring.access(value, to: "hello") == .anonymous)
            let set = try await send(.put, path, body: #"{"name": "ignored", "value": "mine"}"#)
            #expect(set.status == 200)
            #expect(set.json?["name"]?.string == "ops")
            #expect(set.json?["value"]?.string == "mine")
            #expect(keys.ring.access("mine", to: "hello") != .anonymous)
            let deleted = try await send(.delete, path)
            #expect(deleted.status == 204)
            #expect(deleted.body.isEmpty)
            #expect(keys.ring.access("mine", to: "hello") == .anonymous)
            #expect(try await send(.delete, path).status == 404)
            #expect(try await send(.get, path).status == 404)
            let again = try await send(.put, path, body: #"{"value": "mine"}"#)
            #expect(again.status == 201)
            #expect(again.headers["Location"] == "http://localhost:7071\(path)")
            #expect(try await send(.delete, path).status == 204)
        }
    }

    @Test func rotatingTheMasterKeyAnswersItsCaller() async throws {
        let path = "/admin/host/systemkeys/_master"
        let generated = try await send(.post, path)
        #expect(generated.status == 201, "As Azure, which calls every generated master key a new one")
        let value = try #require(generated.json?["value"]?.string)
        #expect(KeyValue.isGenerated(value, for: .master))
        #expect(try await send(.get, path).status == 401, "The old one is gone")
        let set = try await send(.put, path, key: value, body: #"{"value": "chosen"}"#)
        #expect(set.status == 200)
        #expect(set.json?["name"]?.string == "_master")
        #expect(try await send(.get, path, key: "chosen").status == 200)
    }

    @Test(arguments: [
        (#"{"name": "ops", "value": "v1"}"#, "v1"), (#"{"NAME": "ops", "VALUE": "v2"}"#, "v2"),
        (#"{"value": 7}"#, "7"), ("{value: 'v3', /* ours */}", "v3"), (#"{"name": null, "value": "v4"}"#, "v4"),
    ])
    func aPutIsReadAsNewtonsoftReadsIt(body: String, value: String) async throws {
        let reply = try await send(.put, "/admin/host/keys/ops", body: body)
        #expect(reply.status == 201)
        #expect(reply.json?["value"]?.string == value)
        #expect(reply.json?["name"]?.string == "ops")
    }

    @Test(arguments: [
        #"{"value": null}"#, #"{"name": "x"}"#, "{}", "null", "", "[]", "x", #"{"value": [7]}"#, #"{"value": ""}"#,
        #"{"Value": "x""#,
    ])
    func aPutWithoutAValueIsRefused(body: String) async throws {
        for path in ["/admin/host/keys/ops", "/admin/host/systemkeys/_master", "/admin/functions/hello/keys/default"] {
            let reply = try await send(.put, path, body: body)
            #expect(reply.status == 400)
            #expect(reply.body == "Invalid key value")
            #expect(reply.headers["Content-Type"] == "text/plain; charset=utf-8")
        }
    }

    @Test(arguments: [
        (HTTPMethod.delete, "/admin/host/systemkeys/_master", 400), (.delete, "/admin/host/keys/_master", 400),
        (.delete, "/admin/functions/hello/keys/_Master", 400), (.delete, "/admin/host/keys/none", 404),
        (.delete, "/admin/functions/none/keys/default", 404), (.get, "/admin/functions/none/keys", 404),
        (.post, "/admin/functions/none/keys/x", 404), (.put, "/admin/functions/none/keys/x", 404),
        (.get, "/admin/functions/a%2Fb/keys", 404), (.get, "/admin/functions/%2e%2e/keys", 404),
        (.get, "/admin/functions/hello/keys/a%2Fb", 404), (.post, "/admin/host/keys/_master", 400),
        (.post, "/admin/functions/hello/keys/_master", 400), (.post, "/admin/host/keys", 404),
        (.post, "/admin/host/keys/\(String(repeating: "n", count: 101))", 400),
        (.post, "/admin/host/keys/a%0Ab", 400), (.post, "/admin/host/keys/x/y", 404),
        (.patch, "/admin/host/keys/x", 404), (.head, "/admin/host/keys", 200), (.head, "/admin/host/keys/none", 404),
        (.get, "/admin/host/masterkeys", 404), (.get, "/admin/keys", 404), (.get, "/admin/vfs/", 404),
        (.post, "/admin/host/synctriggers", 200), (.get, "/admin/host/synctriggers", 404),
    ])
    func everyOtherCallHasItsStatus(method: HTTPMethod, path: String, status: Int) async throws {
        let before = keys.ring.all
        #expect(try await send(method, path).status == status)
        #expect(keys.ring.all.filter { $0.scope != .function("hello") } == before, "Nothing but a default key is made")
        #expect(try await send(method, path, key: nil).status == 401)
        #expect(try await send(method, path, key: "wrong").status == 401)
        #expect(try await send(method, path, key: "function-key").status == 403)
        #expect(try await send(method, path, key: "system-key").status == 403)
    }

    @Test func theMasterKeyIsNotDeletedInAzuresWords() async throws {
        #expect(try await send(.delete, "/admin/host/systemkeys/_master").body == "Cannot delete System Key.")
        #expect(try await send(.post, "/admin/host/synctriggers").body == #"{"status":"success"}"#)
    }

    @Test(arguments: ["a/b", "ü ❤", "%41", "..", "A b?c=d&e#f", "\"quoted\""])
    func aNameMayBeAnyText(name: String) async throws {
        let path = "/admin/host/keys/\(percentEncoded(name))"
        let created = try await send(.put, path, body: #"{"value": "clé=&+ ❤"}"#)
        #expect(created.status == 201)
        #expect(created.json?["name"]?.string == name)
        #expect(created.headers["Location"] == "http://localhost:7071\(path)")
        #expect(keys.ring.access("clé=&+ ❤", to: "hello") == .function)
        #expect(try await send(.get, path).json?["value"]?.string == "clé=&+ ❤")
        #expect(try await send(.delete, path).status == 204)
    }

    @Test func aValueHasALimit() async throws {
        func put(_ count: Int) async throws -> Reply {
            try await send(
                .put,
                "/admin/host/keys/long",
                body: #"{"value": "\#(String(repeating: "v", count: count))"}"#
            )
        }
        #expect(try await put(1024).status == 201)
        let long = try await put(1025)
        #expect(long.status == 400)
        #expect(long.body.contains(#""code":"key_too_long""#))
        #expect(try await put(1 << 20).status == 413)
        #expect(keys.ring.find("long", in: .hostFunction)?.value.utf8.count == 1024)
    }

    @Test func aFailedCommitIsTold() async throws {
        engine.inject { _, _ in StoreError(.unavailable, "The disk is full.") }
        let reply = try await send(.post, "/admin/host/keys/default")
        #expect(reply.status == 503)
        #expect(reply.body.contains("The disk is full."))
        #expect(keys.ring.access("function-key", to: "hello") == .function)
    }

    @Test(
        arguments: [
            ("/runtime/webhooks/grid/x/y", "grid-key", 404), ("/Runtime/WebHooks/Grid", "grid-key", 404),
            ("/runtime/webhooks/grid", "master-key", 404), ("/runtime/webhooks/grid", "system-key", 403),
            ("/runtime/webhooks/grid", "function-key", 403), ("/runtime/webhooks/grid", "wrong", 401),
            ("/runtime/webhooks/grid", nil, 401), ("/runtime/webhooks/other", "grid-key", 403),
            ("/%72untime/webhooks/none", "grid-key", 403), ("/runtime/webhooks/a%2Fb", nil, 401),
        ] as [(String, String?, Int)]
    )
    func anExtensionsEndpointTakesItsKey(path: String, key: String?, status: Int) async throws {
        #expect(AdminAPI.owns(path))
        for method in [HTTPMethod.get, .put, .post, .delete, .options] {
            #expect(try await send(method, path, key: key).status == status)
        }
    }

    @Test(arguments: [
        "/runtime", "/runtime/webhooks", "/runtime/webhooks/", "/runtime/other/x", "/routines/webhooks/x",
    ])
    func otherPathsAreNoExtensions(path: String) { #expect(!AdminAPI.owns(path)) }

    @Test(
        arguments: [
            (["Host": "example.org"], "http://example.org/admin/host/keys"),
            // Anybody can write this field; who may is decided before a request comes here.
            (["Host": "example.org", "X-Forwarded-Proto": "https"], "http://example.org/admin/host/keys"),
            ([:], "http://localhost/admin/host/keys"),
        ] as [(HTTPFields, String)]
    )
    func linksSayHowTheHostWasReached(headers: HTTPFields, expected: String) async throws {
        let reply = try await send(.get, "/admin/host/keys", headers: headers)
        #expect(reply.json?["links"]?.elements?[0]["href"]?.string == expected)
    }
}
