import FunctionKit

/// The outcome of resolving all Key Vault references among the settings.
package struct SettingsResolution: Sendable {
    /// A reference without a value.
    package struct Failure: Sendable, Equatable, CustomStringConvertible {
        /// The setting.
        package var setting: String
        /// What it refers to; nil when that cannot be read.
        package var reference: KeyVaultReference?
        /// Why there is no value.
        package var reason: KeyVaultFailure

        /// Names the setting, the vault and the secret, never a value.
        package var description: String {
            guard let reference else {
                return "The setting '\(setting)' is not a valid Key Vault reference: \(reason)"
            }
            return "The setting '\(setting)' refers to the secret '\(reference.secret)' in the vault "
                + "'\(reference.vault)', which cannot be resolved. \(reason)"
        }
    }

    /// The values of all settings that have one.
    package var values: [String: String] = [:]
    /// The settings that are well-formed references.
    package var references: [String: KeyVaultReference] = [:]
    /// What could not be resolved, ordered by the setting's name.
    package var failures: [Failure] = []
    /// What the log should say about secrets that have a value, such as expired ones; never a value.
    package var remarks: [String] = []

    /// Resolves the references; `makeVault` is called only if there is one.
    package static func make(
        _ loaded: LoadedSettings,
        vault makeVault: (_ settings: @escaping @Sendable (String) -> String?) -> KeyVault
    ) async -> SettingsResolution {
        var resolution = SettingsResolution()
        for (name, entry) in loaded.entries { resolution.sort(name, entry.text) }
        if !resolution.references.isEmpty {
            let plain = resolution.values
            let vault = makeVault { plain[$0] }
            resolution.take(await vault.values(of: resolution.references.values), now: vault.clock.now)
        }
        resolution.failures.sort { $0.setting < $1.setting }
        return resolution
    }

    private mutating func sort(_ name: String, _ text: String) {
        guard KeyVaultReference.isReference(text) else {
            values[name] = text
            return
        }
        do {
            references[name] = try KeyVaultReference(text)
        } catch {
            failures.append(Failure(setting: name, reference: nil, reason: KeyVaultFailure("\(error.reason).")))
        }
    }

    private mutating func take(
        _ results: [KeyVaultReference: Result<KeyVaultSecret, KeyVaultFailure>],
        now: Timestamp
    ) {
        for (name, reference) in references.sorted(by: { $0.key < $1.key }) {
            switch results[reference] {
            case .success(let secret):
                values[name] = secret.value
                if let remark = secret.remark(setting: name, reference, now: now) { remarks.append(remark) }
            case .failure(let failure): failures.append(Failure(setting: name, reference: reference, reason: failure))
            case nil: break
            }
        }
    }
}
