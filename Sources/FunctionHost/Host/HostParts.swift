import DocumentStore
import FunctionKit
import Glibc
import HTTPServer

/// What a host is made of before its functions are: settings, app, log, store, keys, socket.
struct HostParts: Sendable {
    let options: HostOptions
    let clock: SystemClock
    let random: SystemRandomSource
    let writer: LogWriter
    let hostLog: HostLog
    let engine: FileStoreEngine
    let store: Store
    let settings: SettingsStore
    let zone: TimeZoneRules
    let keys: KeyStore
    let http: LazyHTTPClient
    let ids: IdentifierSource
    /// Names this process among several, and among those before it.
    let instanceID: String
    let transport: Transport

    /// A log of one of the host's rooms.
    func log(_ room: String) -> Logger { Logger(sink: hostLog, category: "Host.\(room)") }

    /// The vault that refreshes the settings.
    var vault: KeyVault { KeyVault(http: http, clock: clock, settings: { [settings] in settings.hostValue($0) }) }

    /// What a function's `init` receives.
    func context(for function: String, _ configuration: HostConfiguration) -> AppContext {
        AppContext(
            functionName: function,
            settings: settings.appSettings,
            store: store,
            http: http,
            clock: clock,
            random: random,
            files: FileOutbox(root: options.dataFolder),
            logger: Logger(sink: hostLog, category: "Function.\(function).User"),
            environment: HostEnvironment(
                isDevelopment: settings.hostValue("AZURE_FUNCTIONS_ENVIRONMENT").map {
                    equalsIgnoringASCIICase($0, "Development")
                } ?? true,
                baseURL: transport.baseURL,
                routePrefix: configuration.http.routePrefix
            )
        )
    }

    /// Closes everything, the store first, the log last.
    func close() async {
        await engine.close()
        await http.close()
        writer.close()
    }
}
