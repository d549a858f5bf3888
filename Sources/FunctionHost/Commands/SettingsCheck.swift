import FunctionKit

/// `postern settings check [--json]`: every app setting that the functions name or `local.settings.json` has, set or not, Key
/// Vault references resolved or not. Values never appear.
package struct SettingsCheck: Sendable {
    /// One setting.
    package struct Row: Sendable, Equatable {
        /// Its name.
        package var name: String
        /// The functions that name it, in their order.
        package var functions: [String]
        /// True when some function cannot do without it.
        package var isRequired: Bool
        /// Where it is set; nil when it is not, or empty.
        package var source: LoadedSettings.Source?
        /// The reference, when its text is one that can be read.
        package var reference: KeyVaultReference?
        /// Why a reference has no value; nil when it has, or is none.
        package var failure: String?

        /// True when a function that reads it gets a value.
        package var isSet: Bool { source != nil && failure == nil }
    }

    /// The settings, ordered by name.
    package var rows: [Row]
    /// Why nothing of `local.settings.json` is in force; nil when it is, or is not there.
    package var fileProblem: String?

    /// Compares what an app's functions name with what is set.
    package init(
        app: LoadedApp,
        loaded: LoadedSettings,
        resolution: SettingsResolution
    ) {
        var rows: [String: Row] = [:]
        func row(_ name: String) -> Row { rows[name] ?? Row(name: name, functions: [], isRequired: false) }
        for name in loaded.localNames { rows[name] = row(name) }
        for (functionName, uses) in app.settingUses {
            for use in uses {
                var row = row(use.name)
                row.functions.append(functionName)
                row.isRequired = row.isRequired || !use.isOptional
                rows[use.name] = row
            }
        }
        for name in rows.keys {
            if let entry = loaded.entries[name], !entry.text.isEmpty { rows[name]?.source = entry.source }
            rows[name]?.reference = resolution.references[name]
        }
        for failure in resolution.failures {
            var row = row(failure.setting)
            row.source = loaded.entries[failure.setting]?.source
            row.failure = failure.description
            rows[failure.setting] = row
        }
        self.rows = rows.values.sorted { $0.name < $1.name }
        if loaded.isFileUnreadable { fileProblem = loaded.notices.first { $0.level == .warning }?.message }
    }

    /// The rows as a table or as JSON.
    ///
    /// - Returns: exit 78 when a required setting is missing, a reference is unresolved or the file counts as empty, with the
    ///   reasons on standard error.
    package func output(json: Bool = false) -> CommandOutput {
        var output = CommandOutput()
        if json {
            output.standardOutput =
                JSONValue.object(["settings": .list(rows.map(\.document)), "fileError": .text(fileProblem)]).text + "\n"
        } else {
            var table = TextTable(header: ["SETTING", "STATE", "FUNCTIONS"])
            table.rows = rows.map { [$0.name, $0.state, $0.functions.joined(separator: ", ")] }
            output.standardOutput = table.rows.isEmpty ? "The functions name no app settings.\n" : table.text
        }
        let reasons =
            (fileProblem.map { [$0] } ?? [])
            + rows.compactMap { row in
                row.failure
                    ?? (row.isRequired && !row.isSet
                        ? "The setting '\(row.name)' is not set; \(row.functions.joined(separator: ", ")) needs it. "
                            + "Set it in the environment or in local.settings.json." : nil)
            }
        output.standardError = reasons.map { $0 + "\n" }.joined()
        output.exitCode = reasons.isEmpty ? 0 : 78
        return output
    }
}

extension SettingsCheck.Row {
    /// The state in words.
    var state: String {
        if let reference {
            let place = "Key Vault \(reference.vault)/\(reference.secret)"
            return failure == nil ? "resolved from \(place)" : "unresolved: \(place)"
        }
        if failure != nil { return "malformed Key Vault reference" }
        if let source { return "set in \(source == .environment ? "the environment" : source.rawValue)" }
        return isRequired ? "MISSING" : functions.isEmpty ? "empty" : "not set (optional)"
    }

    /// The state as JSON.
    var document: JSONValue {
        let keyVault: JSONValue? = reference.map { reference in
            .object([
                "vault": .text(reference.vault), "secret": .text(reference.secret), "version": .text(reference.version),
                "resolved": .flag(failure == nil),
            ])
        }
        return .object([
            "name": .text(name),
            "set": .flag(isSet),
            "required": .flag(isRequired),
            "source": .text(source?.rawValue),
            "functions": .list(functions.map { .text($0) }),
            "keyVault": keyVault ?? .text(nil),
            "error": .text(failure),
        ])
    }
}
