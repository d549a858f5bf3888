import FunctionKit

/// What the app's folder says, or why it cannot be understood; read anew by each attempt to start the app.
struct AppReading: Sendable {
    private let result: Result<LoadedApp, HostStartError>
    /// True when the folder has no `host.json`, and so is no app.
    private(set) var isWithoutApp = false
    /// The stamp of `host.json` from before it was read.
    let hostFile: AppFingerprint.Stamp?

    /// Reads `host.json` and every `function.json`.
    init(_ options: HostOptions, settings: SettingsStore) {
        hostFile = AppFingerprint.Stamp(of: options.appRoot + "/host.json")
        var overrides = settings.hostJSONOverrides
        for (index, name) in (options.functions ?? []).enumerated() {
            // In lower case, which comes behind every other spelling of the same variable.
            overrides["\(HostConfiguration.environmentSection)__functions__\(index)".lowercased()] = name
        }
        do throws(HostConfigurationError) {
            result = .success(
                try AppFolder.load(
                    root: options.appRoot,
                    settings: { settings.hostValue($0) },
                    environment: overrides
                )
            )
        } catch {
            result = .failure(HostStartError(.app, error.description, isTransient: error.cause == .unreadable))
            isWithoutApp = error.cause == .missing
        }
    }

    /// What `host.json` says; the defaults when it cannot be understood.
    var configuration: HostConfiguration { (try? result.get().configuration) ?? HostConfiguration() }

    /// The app.
    ///
    /// - Throws: ``HostStartError`` of the kind `app`.
    func get() throws(HostStartError) -> LoadedApp { try result.get() }
}
