import DocumentStore
import FunctionKit
import Glibc
import HTTPClient
import HTTPServer

/// What a host is made of before its functions are: settings, store, keys, clients, log.
struct HostParts: Sendable {
    let options: HostOptions
    let clock: SystemClock
    let random: SystemRandomSource
    let writer: LogWriter
    let hostLog: HostLog
    let log: Logger
    let engine: FileStoreEngine
    let store: Store
    let settings: SettingsStore
    let loaded: LoadedApp
    /// Nil when keys are not enforced; they are made and kept all the same.
    let keys: KeyRing?
    let http: CurlHTTPClient
    let instanceID: String

    /// Reads the app and opens everything that it needs.
    static func open(_ options: HostOptions, clock: SystemClock) async throws(HostStartError) -> HostParts {
        let random = SystemRandomSource()
        let writer = LogWriter(descriptor: STDOUT_FILENO)
        let http = CurlHTTPClient()
        let settings = try await loadSettings(options, clock: clock, http: http)
        let loaded = try loadApp(options, settings: settings)
        let hostLog = HostLog(
            writer: writer, format: options.logFormat, clock: clock, levels: loaded.configuration.logLevels,
            redactor: Redactor(settings: settings.values))
        let storeLog = Logger(sink: hostLog, category: "Host.Store")
        let engine = try openStore(options, clock: clock, logger: storeLog)
        let store = Store(engine: engine, clock: clock, random: random, logger: storeLog)
        let keys = try await loadKeys(store, random: random)
        return HostParts(
            options: options, clock: clock, random: random, writer: writer, hostLog: hostLog,
            log: Logger(sink: hostLog, category: "Host.General"), engine: engine, store: store, settings: settings,
            loaded: loaded, keys: options.enforcesKeys ? keys : nil, http: http,
            instanceID: IdentifierSource(clock: clock, random: random).next())
    }

    /// Closes what ``open(_:clock:)`` opened, the store first, the log last.
    func close() async {
        await engine.close()
        await http.close()
        writer.close()
    }

    private static func loadApp(
        _ options: HostOptions, settings: SettingsStore
    ) throws(HostStartError) -> LoadedApp {
        var environment = options.environment
        for (index, name) in (options.functions ?? []).enumerated() {
            environment["AzureFunctionsJobHost__functions__\(index)"] = name
        }
        do throws(HostConfigurationError) {
            return try AppFolder.load(
                root: options.appRoot, settings: { settings[$0] }, environment: environment)
        } catch {
            throw HostStartError(.configuration, error.description)
        }
    }

    private static func openStore(
        _ options: HostOptions, clock: SystemClock, logger: Logger
    ) throws(HostStartError) -> FileStoreEngine {
        do throws(StoreError) {
            return try FileStoreEngine(path: options.dataFolder, mode: .exclusive, clock: clock, logger: logger)
        } catch {
            throw HostStartError(error.code == .locked ? .unavailable : .configuration, error.message)
        }
    }

    private static func loadKeys(_ store: Store, random: SystemRandomSource) async throws(HostStartError) -> KeyRing {
        do {
            return try await KeyRing(loadingFrom: store.tenant(.host), random: random)
        } catch {
            throw HostStartError(.configuration, "The access keys cannot be read: \(describe(error))")
        }
    }
}
