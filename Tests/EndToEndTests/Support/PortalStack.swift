import FunctionKit
import Testing

/// The portal and the sandbox that plays its peers, two processes that know each other's URL and keys, with fresh data.
final class PortalStack: Sendable {
    /// A file of documents that the portal's store begins with.
    struct Documents: Sendable {
        var tenant: String
        var collection: String
        var lines: [JSON]
    }

    static let psaKey = "psa-key-of-the-tests-0123456789"
    static let integrationKey = "integration-key-of-the-tests-01234"
    static let origin = "https://clients.example.com"

    let sandbox: RunningHost
    let data: ScratchFolder
    private let port: UInt16
    private let settings: [String: String]
    private let running: LockedState<RunningHost?>

    /// Imports the seed and the tenants of ``stage``, and starts both hosts.
    ///
    /// - Parameters:
    ///   - settings: replace or add app settings of the portal.
    ///   - documents: what the portal's store holds beside the seed.
    ///   - folder: where the portal's data folder goes; a new scratch folder without it.
    init(
        settings: [String: String] = [:],
        documents: [Documents] = [],
        folder: ScratchFolder? = nil
    ) async throws {
        port = try freePort()
        let url = "http://127.0.0.1:\(port)"
        let keys = [
            "PORTAL_CLIENT_SSO_SECRET": HubLink.secret, "PSA_SERVICE_KEY": Self.psaKey,
            "BOOKS_SERVICE_KEY": "books-key-of-the-tests-0123456789",
            "MISSION_SERVICE_KEY": "mission-key-of-the-tests-012345",
            "PORTAL_INTEGRATION_KEY": Self.integrationKey, "LEGAL_WEBHOOK_SECRET": "legal-secret-of-the-tests-0123",
        ]
        data = try folder ?? ScratchFolder()
        try await Self.importSeed(into: data, documents + Self.stage)
        sandbox = try await RunningHost(
            app: Workplace.app("one-stack"),
            settings: keys.merging(["PORTAL_URL": url]) { $1 }
        )
        let own = [
            "PORTAL_BASE_URL": url, "PORTAL_ALLOWED_ORIGINS": Self.origin,
            "PORTAL_SESSION_SECRET": "session-secret-of-the-tests-0123456789",
            "PSA_API_URL": sandbox.baseURL + "/psa", "BOOKS_API_URL": sandbox.baseURL + "/books",
            "MISSION_API_URL": sandbox.baseURL + "/mission", "LEGAL_WEBHOOK_URL": sandbox.baseURL + "/legal/webhook",
            // Tests fire the timers by hand; at a full five minutes the schedule must not come in between.
            "AzureWebJobs.ticket-sync.Disabled": "true", "AzureWebJobs.invoice-sync.Disabled": "true",
        ]
        self.settings = keys.merging(own) { $1 }.merging(settings) { $1 }
        running = LockedState(nil)
        try await start()
    }

    /// Tenants beside those of the seed: a second MSP, and one that is suspended.
    private static let stage = [
        Documents(
            tenant: "_portal",
            collection: "tenants",
            lines: [
                ["id": "zenith-msp", "tenant_id": "tnt_zenith", "slug": "zenith-msp", "name": "Zenith IT"],
                ["id": "paused-msp", "tenant_id": "tnt_paused", "slug": "paused-msp", "status": "suspended"],
            ]
        )
    ]

    /// The portal that runs now.
    var portal: RunningHost {
        get throws {
            guard let host = running.withLock({ $0 }) else { throw SupportError("The portal is stopped.") }
            return host
        }
    }

    /// The portal's data folder.
    var dataFolder: String { data.path + "/data" }

    /// Starts the portal on its port.
    func start() async throws {
        let host = try await RunningHost(app: Workplace.root, data: data, port: port, settings: settings)
        running.withLock { $0 = host }
    }

    /// Stops the portal as an operator does.
    func stopPortal() async throws {
        #expect(await (try portal).stop() == .exited(0))
        running.withLock { $0 = nil }
    }

    /// Ends the portal as a power cut would.
    func crashPortal() async throws {
        await (try portal).crash()
        running.withLock { $0 = nil }
    }

    /// Ends both hosts.
    func end() async {
        await (try? portal)?.crash()
        await sandbox.crash()
    }

    /// Fires a function by hand, as `postern run` does.
    func run(_ function: String) async throws -> (ending: ChildProcess.Ending, output: String, errors: String) {
        try await runPostern(["run", function, "--data", dataFolder, "--port", "\(port)"])
    }

    /// Writes documents into the store of the stopped portal.
    func importDocuments(_ documents: [Documents]) async throws { try await Self.importFiles(documents, into: data) }

    /// The documents of a collection of the stopped portal.
    func export(_ collection: String, of tenant: String) async throws -> [JSON] {
        let place = ["--data", dataFolder, "--tenant", tenant, "--collection", collection]
        let result = try await runPostern(["store", "export"] + place)
        guard result.ending == .exited(0) else { throw SupportError(result.errors) }
        return try result.output.split(separator: "\n").map { try decodeJSON(String($0)) }
    }

    private static func importSeed(into data: ScratchFolder, _ documents: [Documents]) async throws {
        let seed = Workplace.app("one-stack") + "/seed/"
        for place in ["_portal/tenants", "acme-msp/companies", "grace-mission/companies"] {
            let parts = place.split(separator: "/").map(String.init)
            try await importFile(seed + place + ".jsonl", into: data, tenant: parts[0], collection: parts[1])
        }
        try await importFiles(documents, into: data)
    }

    private static func importFiles(_ documents: [Documents], into data: ScratchFolder) async throws {
        for file in documents {
            try data.write(file.lines.map { $0.encoded + "\n" }.joined(), to: "import.jsonl")
            try await importFile(
                data.path + "/import.jsonl",
                into: data,
                tenant: file.tenant,
                collection: file.collection
            )
        }
    }

    private static func importFile(
        _ path: String,
        into data: ScratchFolder,
        tenant: String,
        collection: String
    ) async throws {
        let place = ["--data", data.path + "/data", "--tenant", tenant, "--collection", collection]
        let result = try await runPostern(["store", "import"] + place + [path])
        guard result.ending == .exited(0) else { throw SupportError("'\(path)' is not imported: \(result.errors)") }
    }
}

/// Runs the tests of a suite on one stack, which they reach as ``PortalStack/current``.
struct StackTrait: SuiteTrait, TestScoping {
    @TaskLocal fileprivate static var stack: PortalStack?
    var settings: [String: String]
    var documents: [PortalStack.Documents]

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let stack = try await PortalStack(settings: settings, documents: documents)
        try await Self.$stack.withValue(stack) { try await function() }
        await stack.end()
    }
}

extension Trait where Self == StackTrait {
    static func portalStack(
        settings: [String: String] = [:],
        documents: [PortalStack.Documents] = []
    ) -> StackTrait {
        StackTrait(settings: settings, documents: documents)
    }
}

extension PortalStack {
    /// The stack of the suite.
    static var current: PortalStack {
        get throws {
            guard let stack = StackTrait.stack else { throw SupportError("The suite has no stack.") }
            return stack
        }
    }
}
