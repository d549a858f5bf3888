package import FunctionKit

/// The app settings as the environment and `local.settings.json` give them, before Key Vault references are resolved.
package struct LoadedSettings: Sendable {
    /// Where a setting comes from.
    package enum Source: String, Sendable {
        /// The process environment, which comes first.
        case environment
        /// `Values` or `ConnectionStrings` of `local.settings.json`.
        case localFile = "local.settings.json"
    }

    /// A setting.
    package struct Entry: Sendable {
        /// Its text, which may be a Key Vault reference.
        package var text: String
        /// Where it comes from.
        package var source: Source
    }

    /// The settings by name.
    package var entries: [String: Entry] = [:]
    /// The names in `local.settings.json`, in its order, whether the environment overrides them or not.
    package var localNames: [String] = []
    /// The `Host` section of `local.settings.json`.
    package var host = LocalHostOptions()
    /// What the log should say; never a value.
    package var notices: [SettingsNotice] = []
    /// True when the file is there and counts as empty because it cannot be read or understood.
    package var isFileUnreadable = false

    /// Makes settings without an entry.
    package init() {}
}

/// A remark about the settings for the log.
package struct SettingsNotice: Sendable, Equatable {
    /// How much it matters.
    package var level: LogLevel
    /// The sentence; never holds a value.
    package var message: String

    /// Makes a remark.
    package init(_ level: LogLevel, _ message: String) {
        self.level = level
        self.message = message
    }
}

/// The `Host` section of `local.settings.json`; options on the command line come before it.
package struct LocalHostOptions: Sendable, Equatable {
    /// `LocalHttpPort`: where to listen.
    package var port: Int?
    /// `LocalHttpAddress`: on which address.
    package var address: String?
    /// `CORS`: the origins that may call from a browser; `*` for all.
    package var corsOrigins: [String] = []
    /// `CORSCredentials`: whether those origins may send cookies.
    package var corsCredentials = false

    /// Makes options that say nothing.
    package init() {}
}

extension LocalHostOptions {
    /// The origins of a list with commas, without blanks and empty parts.
    static func origins(inList text: String) -> [String] {
        text.split(separator: ",").map { String(trimmingSpaces($0)) }.filter { !$0.isEmpty }
    }
}

/// What the command line says in place of the `Host` section of `local.settings.json`.
package struct LocalHostOverrides: Sendable, Equatable {
    /// `--port`.
    package var port: Int?
    /// `--address`.
    package var address: String?
    /// `--cors`: `*`, or a list of origins with commas.
    package var cors: String?
    /// `--cors-credentials`.
    package var corsCredentials = false

    /// Makes overrides that say nothing.
    package init() {}
}

/// Why the app cannot start: settings that cannot be read, decrypted or resolved.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Every problem; never holds a value.
    package var problems: [String]

    /// Makes an error.
    package init(_ problems: [String]) { self.problems = problems }

    /// The problems, one a line.
    package var description: String { problems.joined(separator: "\n") }
}
