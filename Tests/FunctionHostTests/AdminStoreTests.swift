import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// A store's maintenance whose troubles a test sets; statistics count documents only.
final class ScriptedMaintenance: StoreMaintenance {
    private let troubles = LockedState<[(tenant: TenantName, reason: StoreError)]>([])
    private let compacted = LockedState<[TenantName]>([])
    private let engine: (any StoreEngine)?

    init(_ engine: (any StoreEngine)? = nil) { self.engine = engine }

    var troubledTenants: [(tenant: TenantName, reason: StoreError)] { troubles.withLock { $0 } }
    var compactedTenants: [TenantName] { compacted.withLock { $0 } }

    func setTrouble(_ tenant: TenantName, _ reason: StoreError) {
        troubles.withLock { $0.append((tenant: tenant, reason: reason)) }
    }

    func statistics(of tenant: TenantName) async throws(StoreError) -> TenantStatistics {
        if let trouble = troubledTenants.first(where: { $0.tenant == tenant }) { throw trouble.reason }
        var statistics = TenantStatistics(tenant: tenant)
        for entry in try await engine?.partition(tenant).collections() ?? [] {
            statistics.documents += entry.documents
            statistics.diskBytes += 100 * entry.documents
        }
        if compactedTenants.contains(tenant) { statistics.diskBytes /= 2 }
        return statistics
    }

    func compact(_ tenant: TenantName) async throws(StoreError) { compacted.withLock { $0.append(tenant) } }
}

/// The endpoints below `/admin/store`.
struct AdminStoreTests {
    private let app = TestApp()
    private let maintenance: ScriptedMaintenance
    private let api: AdminAPI

    init() {
        maintenance = ScriptedMaintenance(app.engine)
        api = Self.makeAPI(app, engine: app.engine, maintenance: maintenance)
    }

    private static func makeAPI(
        _ app: TestApp,
        engine: any StoreEngine,
        maintenance: any StoreMaintenance
    ) -> AdminAPI {
        let configuration = HostConfiguration()
        let log = HostLog(writer: LogWriter(descriptor: -1), format: .console, clock: app.clock)
        let running = RunningApp(
            configuration: configuration,
            functions: [],
            problems: [],
            routes: RouteTable.make(for: [], prefix: configuration.http.routePrefix).0,
            httpFunctions: [],
            invoker: Invoker(clock: app.clock, random: app.random, log: log, timeout: nil),
            keys: nil
        )
        return AdminAPI(
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
            queues: QueueInspector(engine: engine, store: app.store, clock: app.clock),
            store: StoreInspector(engine: engine, maintenance: maintenance),
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
        body: HTTPBody = .empty,
        to other: AdminAPI? = nil
    ) async throws -> (status: Int, body: String) {
        var request = HTTPRequest(method: method, path: path, query: query, body: body)
        if let key { request.headers.append("x-functions-key", key) }
        let response = await (other ?? api).respond(to: request)
        return (response.status.rawValue, String(decoding: try await response.body.collect(), as: UTF8.self))
    }

    private func fill(_ tenant: String, _ count: Int) async throws {
        let partition = app.engine.partition(try TenantName(tenant))
        for number in 0..<count {
            let key = DocumentKey(try CollectionName("tickets"), try DocumentID("T\(number)"))
            _ = try await partition.commit(WriteBatch([.init(key, .create(.init(body: Array("{}".utf8))))]))
        }
    }

    @Test(arguments: [
        (HTTPMethod.get, "/admin/store", 200), (.head, "/admin/store", 200), (.get, "/ADMIN/Store", 200),
        (.post, "/admin/store", 404), (.get, "/admin/store/acme", 200), (.delete, "/admin/store/acme", 404),
        (.get, "/admin/store/nobody", 404), (.get, "/admin/store/acme/Export", 200),
        (.post, "/admin/store/acme/export", 404),
        (.get, "/admin/store/nobody/export", 404), (.get, "/admin/store/acme/import", 404),
        (.post, "/admin/store/acme/import", 200), (.post, "/admin/store/acme/compact", 200),
        (.get, "/admin/store/acme/compact", 404), (.post, "/admin/store/nobody/compact", 404),
        (.get, "/admin/store/acme/export/x", 404), (.get, "/admin/store/acme/none", 404),
    ])
    func answersTheMasterKeyAlone(method: HTTPMethod, path: String, status: Int) async throws {
        try await fill("acme", 1)
        #expect(try await send(method, path).status == status)
        for (key, refused) in [(nil, 401), ("wrong", 401), ("function-key", 403)] as [(String?, Int)] {
            #expect(try await send(method, path, key: key).status == refused)
        }
        #expect(maintenance.compactedTenants.count == (path.hasSuffix("acme/compact") && method == .post ? 1 : 0))
    }

    /// Names that try to be paths, wherever a tenant's name stands.
    @Test(arguments: [
        "..", ".", "%2e%2e", "..%2Fx", "a%2Fb", "%2Fetc", "a%00", "%00", "ACME", "a.b", "-a", "a-", "_", "a_b",
        "%C3%A4",
        "a%20b", String(repeating: "a", count: 64), "%252e%252e",
    ])
    func namesThatTryToBePathsAreRefused(name: String) async throws {
        for (method, suffix) in [
            (HTTPMethod.get, ""), (.get, "/export"), (.post, "/import"), (.post, "/compact"),
        ] {
            let answer = try await send(method, "/admin/store/\(name)\(suffix)", query: "collection=tickets")
            #expect(answer.status == 400, "\(method) \(name)\(suffix)")
            #expect(answer.body.contains(#""code":"invalidName""#), "\(answer.body)")
        }
        #expect(try await app.engine.tenants().isEmpty)
    }

    @Test(arguments: [
        "..", "%2e%2e", "a%2Fb", "", "A", "1a", "_host", "a%00", "a-b", String(repeating: "a", count: 64),
    ])
    func collectionsThatTryToBePathsAreRefused(name: String) async throws {
        try await fill("acme", 1)
        for (method, action) in [(HTTPMethod.get, "export"), (.post, "import")] {
            let answer = try await send(method, "/admin/store/acme/\(action)", query: "collection=\(name)")
            #expect(answer.status == 400, "\(action) \(name)")
            #expect(answer.body.contains(#""code":"invalidName""#), "\(answer.body)")
        }
    }

    /// The keys stay where they are, whoever asks; what tenants share goes out and in.
    @Test func theHostsOwnPartitionIsNotExchanged() async throws {
        try await fill("_host", 1)
        try await fill("_portal", 1)
        for (method, path) in [(HTTPMethod.get, "/admin/store/_host/export"), (.post, "/admin/store/_host/import")] {
            let answer = try await send(method, path)
            #expect(answer.status == 403)
            #expect(answer.body.contains(#""code":"system_partition""#))
        }
        #expect(try await send(.get, "/admin/store/_host").status == 200)
        #expect(try await send(.get, "/admin/store/_portal/export").status == 200)
    }

    @Test func theOverviewHasPages() async throws {
        for (tenant, count) in [("acme", 2), ("zenith", 1), ("mid", 3)] { try await fill(tenant, count) }
        let first = try await send(.get, "/admin/store", query: "limit=2").body
        #expect(first.contains(#""tenant":"acme""#) && first.contains(#""tenant":"mid""#), "\(first)")
        #expect(first.contains(#""next_cursor":"mid""#))
        let second = try await send(.get, "/admin/store", query: "limit=2&cursor=mid").body
        #expect(second.contains(#""tenant":"zenith""#) && !second.contains("next_cursor") && !second.contains("acme"))
        for limit in ["0", "501", "x", "-1"] {
            #expect(try await send(.get, "/admin/store", query: "limit=\(limit)").status == 400)
        }
    }

    @Test func aTenantInTroubleIsNamedWithItsReason() async throws {
        try await fill("acme", 1)
        try await fill("broken", 1)
        #expect(!(try await send(.get, "/admin/host/status").body.contains("errors")))
        maintenance.setTrouble(
            try TenantName("broken"),
            StoreError(.damaged, "The log 'x.jsonl' is damaged at byte 7: no end.")
        )
        let overview = try await send(.get, "/admin/store")
        #expect(overview.status == 200)
        #expect(
            overview.body.contains(#""problem":"The log 'x.jsonl' is damaged at byte 7: no end.""#),
            "\(overview.body)"
        )
        #expect(overview.body.contains(#""tenant":"acme""#))
        let single = try await send(.get, "/admin/store/broken")
        #expect(single.status == 503)
        #expect(single.body.contains(#""code":"damaged""#))
        #expect(try await send(.get, "/admin/host/status").body.contains("The log 'x.jsonl' is damaged at byte 7"))
    }

    /// A failed sync is final for its tenant: health says so, documents can still be read and taken out.
    @Test func healthTellsOfAFailedSync() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/postern-admin-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let disk = UnreliableDisk()
        let engine = try FileStoreEngine(
            path: folder,
            mode: .exclusive,
            clock: app.clock,
            logger: Logger(sink: app.log, category: "Store"),
            disk: disk
        )
        let api = Self.makeAPI(app, engine: engine, maintenance: engine)
        func add(_ id: String, to tenant: String) async throws {
            let key = DocumentKey(try CollectionName("tickets"), try DocumentID(id))
            let partition = engine.partition(try TenantName(tenant))
            _ = try await partition.commit(WriteBatch([.init(key, .create(.init(body: Array("{}".utf8))))]))
        }
        try await add("T1", to: "acme")
        try await add("T1", to: "zenith")
        #expect(!(try await send(.get, "/admin/host/status", to: api).body.contains("errors")))
        disk.failsSyncs.withLock { $0 = true }
        await #expect(throws: StoreError.self) { try await add("T2", to: "acme") }
        disk.failsSyncs.withLock { $0 = false }
        await #expect(throws: StoreError.self) { try await add("T3", to: "acme") }
        try await add("T2", to: "zenith")

        let reason = "Tenant 'acme' takes no writes any more, because the store could not sync"
        let health = try await send(.get, "/admin/host/status", to: api)
        #expect(health.status == 200)
        #expect(health.body.contains("\"errors\":[\"\(reason)"), "\(health.body)")
        #expect(!health.body.contains("zenith"))
        let single = try await send(.get, "/admin/store/acme", to: api)
        #expect(single.status == 200)
        #expect(single.body.contains("\"problem\":\"\(reason)"), "\(single.body)")
        let export = try await send(.get, "/admin/store/acme/export", query: "collection=tickets", to: api)
        #expect(export.body.split(separator: "\n").count == 1)
        let refused = try await send(
            .post,
            "/admin/store/acme/import",
            query: "collection=tickets",
            body: HTTPBody(#"{"id":"T4"}"#),
            to: api
        )
        #expect(refused.status == 503)
        #expect(refused.body.contains(reason))
        #expect(refused.body.contains("Nothing was imported."))
        #expect(try await send(.post, "/admin/store/acme/compact", to: api).status == 503)
        await engine.close()
    }

    @Test func compactionTellsTheSizes() async throws {
        try await fill("acme", 4)
        let answer = try await send(.post, "/admin/store/acme/compact")
        let report = try JSONDecoder().decode(CompactionReport.self, from: Data(answer.body.utf8))
        #expect(report.tenant == "acme" && report.diskBytesBefore == 400 && report.diskBytes == 200)
    }

    @Test func aTenantGoesOutAndIn() async throws {
        try await fill("acme", 150)
        let plain = try await send(.get, "/admin/store/acme/export", query: "collection=tickets")
        #expect(plain.body.split(separator: "\n").count == 150)
        #expect(plain.body.hasPrefix(#"{"id":"T0","created_at":"#))
        let all = try await send(.get, "/admin/store/acme/export")
        #expect(all.body.hasPrefix(#"{"collection":"tickets","document":{"id":"T0","#), "\(all.body.prefix(80))")
        // In pieces, as from a socket.
        let rest = LockedState(Array(all.body.utf8)[...])
        let body = HTTPBody {
            rest.withLock { rest in
                defer { rest = rest.dropFirst(1000) }
                return rest.isEmpty ? nil : Array(rest.prefix(1000))
            }
        }
        let imported = try await send(.post, "/admin/store/copy/import", body: body)
        #expect(imported.status == 200)
        var counts = ImportCounts()
        counts.lines = 150
        counts.imported = 150
        #expect(try JSONDecoder().decode(ImportCounts.self, from: Data(imported.body.utf8)) == counts)
        #expect(try await send(.get, "/admin/store/copy/export").body == all.body)
        let again = try await send(.post, "/admin/store/copy/import", query: "existing=skip", body: HTTPBody(all.body))
        swap(&counts.imported, &counts.skipped)
        #expect(try JSONDecoder().decode(ImportCounts.self, from: Data(again.body.utf8)) == counts)
    }

    @Test(arguments: [
        ("collection=tickets", "{\"id\":\"1\"}\n{\"id\":2}", 400, "invalidDocument", 2, 1),
        ("collection=tickets&first_line=41", "{\"id\":\"1\"}\n{", 400, "invalidDocument", 42, 1),
        ("", "{\"id\":\"1\"}\n", 400, "invalidDocument", 1, 0),
        ("collection=tickets", "{\"id\":\"\"}\n", 400, "invalidName", 1, 0),
    ])
    func aBadLineIsNamedWithWhatIsImported(
        query: String,
        body: String,
        status: Int,
        code: String,
        line: Int,
        imported: Int
    ) async throws {
        let answer = try await send(.post, "/admin/store/acme/import", query: query, body: HTTPBody(body))
        #expect(answer.status == status)
        #expect(answer.body.contains(#""code":"\#(code)""#), "\(answer.body)")
        #expect(answer.body.contains(#""line":\#(line)"#) && answer.body.contains(#""imported":\#(imported)"#))
        #expect(answer.body.contains("Line \(line)"))
        let held = try await app.engine.partition(try TenantName("acme")).collections()
        #expect(held.map(\.documents).reduce(0, +) == imported)
    }

    @Test(arguments: [
        ("existing=keep", "invalid_existing"), ("first_line=0", "invalid_first_line"),
        ("first_line=x", "invalid_first_line"),
        ("first_line=99999999999999999999", "invalid_first_line"),
    ])
    func badOptionsAreRefused(query: String, code: String) async throws {
        let answer = try await send(.post, "/admin/store/acme/import", query: query)
        #expect(answer.status == 400)
        #expect(answer.body.contains(#""code":"\#(code)""#))
    }

    /// An export that nobody reads to its end gives its place back when it is dropped.
    @Test func transfersAreBounded() async throws {
        try await fill("acme", 1)
        func open() async -> HTTPResponse {
            await api.respond(
                to: HTTPRequest(path: "/admin/store/acme/export", headers: ["x-functions-key": "master-key"])
            )
        }
        var open1: [HTTPResponse] = []
        for _ in 0..<StoreInspector.transfersMax { open1.append(await open()) }
        #expect(open1.allSatisfy { $0.status == .ok })
        let refused = await open()
        #expect(refused.status == .tooManyRequests)
        #expect(try await send(.post, "/admin/store/acme/import").status == 429)
        open1.removeLast()
        #expect(await open().status == .ok)
    }

    /// A failure behind the first page breaks the answer off instead of ending it well.
    @Test func anExportThatFailsDoesNotEndWell() async throws {
        try await fill("acme", 100)
        let faulty = FaultyStoreEngine(app.engine)
        let pages = LockedState(0)
        faulty.inject { _, call in
            guard case .query = call else { return nil }
            return pages.withLock { count in
                count += 1
                return count > 2 ? StoreError(.unavailable, "The disk failed.") : nil
            }
        }
        let export = TenantExport(faulty.partition(try TenantName("acme")), collection: nil)
        await #expect(throws: StoreError.self) { while try await export.next() != nil {} }
    }
}
