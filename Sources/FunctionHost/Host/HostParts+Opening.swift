import DocumentStore
import FunctionKit
import Glibc
import HTTPServer

extension HostParts {
    /// Opens everything that outlives a restart, and reads the app once: its `host.json` says how the log and the store are to
    /// be. What was opened before something fails is closed again.
    static func open(
        _ options: HostOptions,
        clock: SystemClock
    ) async throws(HostStartError) -> (parts: HostParts, reading: AppReading) {
        var options = options
        let random = SystemRandomSource()
        let http = LazyHTTPClient(libraryFolder: options.libraryFolder)
        let settings = try await openSettings(&options, clock: clock, http: http)
        let reading = AppReading(options, settings: settings)
        if reading.isWithoutApp { _ = try reading.get() }
        let configuration = reading.configuration
        let zone = try openZone(settings)
        let writer = LogWriter(descriptor: STDOUT_FILENO)
        let hostLog = HostLog(
            writer: writer,
            format: options.logFormat,
            clock: clock,
            levels: configuration.logLevels,
            defaults: LogDefaults(
                format: options.logFormat,
                isVerbose: options.isVerbose,
                userOption: options.userLogLevel
            ),
            isColored: ConsoleColor.isWanted(on: STDOUT_FILENO, environment: options.environment),
            redactor: Redactor(settings: secretSettings(settings))
        )
        hostLog.hide(settings.secretValues)
        if let password = options.transport.password { hostLog.hide([password]) }
        for notice in settings.loaded.notices {
            hostLog.log(LogRecord(level: notice.level, category: "Host.Startup", message: notice.message))
        }
        let storeLog = Logger(sink: hostLog, category: "Host.Store")
        let transport = try Transport.open(
            options,
            configuration.transport,
            backlog: configuration.server.bounds.acceptBacklog,
            setting: { settings.hostValue($0) },
            log: Logger(sink: hostLog, category: "Host.Transport")
        )
        settings.supply(HostVariables.make(appRoot: options.appRoot, port: transport.port, settings: settings))
        let engine: FileStoreEngine
        do throws(StoreError) {
            engine = try FileStoreEngine(
                path: options.dataFolder,
                mode: .exclusive,
                clock: clock,
                logger: storeLog,
                limits: limits(configuration.store)
            )
        } catch {
            transport.close()
            throw HostStartError(error.code == .locked ? .unavailable : .configuration, error.message)
        }
        let store = Store(engine: engine, clock: clock, random: random, logger: storeLog)
        do {
            let keysLog = Logger(sink: hostLog, category: "Host.Keys")
            let keys = try await KeyStore.open(store.tenant(.host), random: random, logger: keysLog)
            let parts = HostParts(
                options: options,
                clock: clock,
                random: random,
                writer: writer,
                hostLog: hostLog,
                engine: engine,
                store: store,
                settings: settings,
                zone: zone,
                keys: keys,
                http: http,
                ids: IdentifierSource(clock: clock, random: random),
                instanceID: IdentifierSource(clock: clock, random: random).next(),
                transport: transport
            )
            return (parts, reading)
        } catch {
            transport.close()
            await engine.close()
            throw HostStartError(.configuration, "The access keys cannot be read: \(describe(error))")
        }
    }

    private static func limits(_ options: StoreOptions) -> FileStoreEngine.Limits {
        var limits = FileStoreEngine.Limits()
        limits.tenantBytesMax = options.tenantBytesMax
        limits.openTenantsMax = options.openTenantsMax
        limits.openDocumentsMax = options.openDocumentsMax
        limits.openFilesMax = options.openFilesMax
        return limits
    }

    private static func openSettings(
        _ options: inout HostOptions,
        clock: SystemClock,
        http: LazyHTTPClient
    ) async throws(HostStartError) -> SettingsStore {
        do throws(SettingsError) {
            let loaded = try SettingsLoader.load(
                root: options.appRoot,
                environment: options.environment,
                overrides: options.localHost
            )
            options.port = loaded.host.port
            options.address = loaded.host.address
            return try await SettingsStore.resolve(loaded) { KeyVault(http: http, clock: clock, settings: $0) }
        } catch {
            throw HostStartError(.configuration, error.description)
        }
    }

    private static func openZone(_ settings: SettingsStore) throws(HostStartError) -> TimeZoneRules {
        do throws(TimeZoneError) {
            return try TimeZoneDirectory().zone(environment: { settings.hostValue($0) })
        } catch {
            throw HostStartError(.configuration, error.description)
        }
    }

    private static func secretSettings(_ settings: SettingsStore) -> [String: String] {
        var values: [String: String] = [:]
        for name in settings.loaded.entries.keys { values[name] = settings.hostValue(name) }
        return values
    }
}
