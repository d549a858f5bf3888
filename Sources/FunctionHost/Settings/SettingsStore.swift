package import FunctionKit

/// The app settings that are in force: Key Vault references resolved, and exchanged when the vault has newer values.
package final class SettingsStore: Sendable {
    /// How many names of settings that functions asked for are remembered.
    package static let askedNamesMax = 4096
    /// How long resolved references are kept before the vault is asked again.
    package static let refreshInterval: Duration = .seconds(12 * 3600)
    /// When to ask again after a refresh that failed in part.
    package static let retryInterval: Duration = .seconds(15 * 60)

    private struct State {
        var values: [String: String] { didSet { hostNames = nil } }
        var asked: Set<String> = []
        /// The names by their host keys, the first of those that share one; nil until somebody asks.
        private var hostNames: [String: String]?

        init(values: [String: String]) { self.values = values }

        mutating func name(ofHostKey key: String) -> String? {
            let names =
                hostNames ?? Dictionary(values.keys.map { (SettingsStore.hostKey($0), $0) }, uniquingKeysWith: min)
            hostNames = names
            return names[key]
        }
    }

    /// What the environment and `local.settings.json` say.
    package let loaded: LoadedSettings
    /// The settings that are references, well-formed.
    package let references: [String: KeyVaultReference]
    private let state: LockedState<State>

    /// Resolves all references and makes the store.
    ///
    /// - Parameters:
    ///   - makeVault: makes the access to the vaults from a lookup of the plain settings; called only if there is a reference.
    /// - Throws: ``SettingsError`` naming each setting, vault and secret that cannot be resolved, and never a value.
    package static func resolve(
        _ loaded: LoadedSettings,
        vault makeVault: (_ settings: @escaping @Sendable (String) -> String?) -> KeyVault
    ) async throws(SettingsError) -> SettingsStore {
        let resolution = await SettingsResolution.make(loaded, vault: makeVault)
        guard resolution.failures.isEmpty else { throw SettingsError(resolution.failures.map(\.description)) }
        var loaded = loaded
        loaded.notices += resolution.remarks.map { SettingsNotice(.warning, $0) }
        return SettingsStore(loaded: loaded, resolution: resolution)
    }

    /// Makes the store of settings that may have unresolved references; those settings are absent. For commands that only look.
    package init(loaded: LoadedSettings, resolution: SettingsResolution) {
        self.loaded = loaded
        references = resolution.references
        state = LockedState(State(values: resolution.values))
    }

    /// The value of a setting by its exact name; remembers that it was asked for.
    package func value(_ name: String) -> String? {
        state.withLock { state in
            if state.asked.count < Self.askedNamesMax { state.asked.insert(name) }
            return state.values[name]
        }
    }

    /// The value of a setting as the host's own configuration reads it: ignoring case, with `__` for `:`.
    package func hostValue(_ name: String) -> String? {
        state.withLock { state in
            if let value = state.values[name] { return value }
            return state.name(ofHostKey: Self.hostKey(name)).flatMap { state.values[$0] }
        }
    }

    /// The settings that override `host.json`, `AzureFunctionsJobHost__…`, wherever they are set: for Core Tools the values of
    /// `local.settings.json` are variables of the environment, too.
    package var hostJSONOverrides: [String: String] {
        let section = HostConfiguration.environmentSection
        return state.withLock { $0.values }.filter { name, _ in
            equalsIgnoringASCIICase(String(name.prefix(section.count)), section)
        }
    }

    /// The settings as functions see them.
    package var appSettings: AppSettings { AppSettings { [self] in value($0) } }

    /// The names that functions asked for so far, in order.
    package var askedNames: [String] { state.withLock { $0.asked.sorted() } }

    /// A connection's setting by the name in a binding's `connection`, in the order of Azure's SDK: `ConnectionStrings:AzureWebJobs<name>`,
    /// `AzureWebJobs<name>`, `ConnectionStrings:<name>`, `<name>`. No name means `Storage`; an empty value counts as none.
    package func connection(_ name: String?) -> String? {
        let name = name.flatMap { $0.isEmpty ? nil : $0 } ?? "Storage"
        for key in ["ConnectionStrings:AzureWebJobs\(name)", "AzureWebJobs\(name)", "ConnectionStrings:\(name)", name] {
            if let value = hostValue(key), !value.isEmpty { return value }
        }
        return nil
    }

    /// Adds settings that the host itself knows, such as where it answers. What is set already stays.
    package func supply(_ variables: [String: String]) {
        state.withLock { state in state.values.merge(variables) { set, _ in set } }
    }

    /// The values that came from a vault: secrets, whatever the settings are called.
    package var secretValues: [String] {
        state.withLock { state in references.keys.compactMap { state.values[$0] } }
    }

    /// What a refresh brought.
    private struct Refresh {
        var failures: [SettingsResolution.Failure] = []
        var remarks: [String] = []
        var changed: [String] = []
    }

    /// Asks the vault again and exchanges the values that it gives; a reference that cannot be resolved keeps its old value.
    ///
    /// - Returns: what could not be resolved.
    @discardableResult
    package func refresh(from vault: KeyVault) async -> [SettingsResolution.Failure] {
        await exchange(from: vault).failures
    }

    private func exchange(from vault: KeyVault) async -> Refresh {
        let results = await vault.values(of: references.values)
        let now = vault.clock.now
        var refresh = Refresh()
        state.withLock { state in
            for (name, reference) in references.sorted(by: { $0.key < $1.key }) {
                switch results[reference] {
                case .success(let secret):
                    if state.values.updateValue(secret.value, forKey: name) != secret.value {
                        refresh.changed.append(name)
                    }
                    if let remark = secret.remark(setting: name, reference, now: now) { refresh.remarks.append(remark) }
                case .failure(let failure):
                    refresh.failures.append(
                        SettingsResolution.Failure(setting: name, reference: reference, reason: failure)
                    )
                case nil: break
                }
            }
        }
        return refresh
    }

    /// Refreshes every 12 hours until the task is cancelled; returns at once when there is no reference.
    ///
    /// - Parameter hide: is told the secrets after each refresh, so that the log does not show the new ones either.
    package func refreshRepeatedly(
        from vault: KeyVault,
        clock: any AppClock,
        logger: Logger,
        hide: @Sendable ([String]) -> Void = { _ in }
    ) async {
        guard !references.isEmpty else { return }
        var pause = Self.refreshInterval
        while !Task.isCancelled {
            do {
                try await clock.sleep(for: pause)
            } catch {
                return
            }
            let refresh = await exchange(from: vault)
            if !refresh.changed.isEmpty { hide(secretValues) }
            for name in refresh.changed { logger.info("The setting '\(name)' has a new value from Key Vault.") }
            for remark in refresh.remarks { logger.warning(remark) }
            for failure in refresh.failures { logger.warning("\(failure) The old value stays in force.") }
            pause = refresh.failures.isEmpty ? Self.refreshInterval : Self.retryInterval
        }
    }

    fileprivate static func hostKey(_ name: String) -> String {
        var key: [UInt8] = []
        var rest = name.lowercased().utf8[...]
        while let byte = rest.popFirst() {
            let isSeparator = byte == UInt8(ascii: "_") && rest.first == byte
            if isSeparator { rest.removeFirst() }
            key.append(isSeparator ? UInt8(ascii: ":") : byte)
        }
        return String(decoding: key, as: UTF8.self)
    }
}
