/// How a host is to run, as the command line or a test says.
package struct HostOptions: Sendable {
    /// The folder that holds `host.json`.
    package var appRoot: String
    /// The folder for everything that the host keeps; made when it is not there.
    package var dataFolder: String
    /// The address without `--address` and without `Host.LocalHttpAddress` in `local.settings.json`.
    package static let addressDefault = "127.0.0.1"
    /// The address to listen on; nil for what the settings say.
    package var address: String?
    /// The port without `--port` and without `Host.LocalHttpPort` in `local.settings.json`.
    package static let portDefault = 7071
    /// The port to listen on, 0 for any free one; nil for what the settings say.
    package var port: Int?
    /// The only functions to run; nil for all.
    package var functions: [String]?
    /// How log lines look.
    package var logFormat = LogFormat.console
    /// Whether the host tells of its own doings as well.
    package var isVerbose = false
    /// From where on functions' words are kept, instead of from information; nil for what `host.json` says.
    package var userLogLevel: LogLevelRules.Threshold?
    /// False when every caller counts as an admin.
    package var enforcesKeys = true
    /// The folder of the host's program, which holds libraries of its own.
    package var libraryFolder: String
    /// The folder that holds the functions' libraries; nil for the usual places (``LibrarySearch``).
    package var libraries: String?
    /// Which pages of other origins may call, where the command line says so.
    package var cors: String?
    /// Whether they may send cookies, where the command line says so.
    package var corsCredentials = false
    /// How connections reach the host, where the command line says so.
    package var transport = TransportOverrides()
    /// The process's environment variables.
    package var environment: [String: String]

    /// Where the functions' libraries are looked for.
    var librarySearch: LibrarySearch {
        LibrarySearch(appRoot: appRoot, programFolder: libraryFolder, libraries: libraries)
    }

    /// What the command line says in place of `Host` in `local.settings.json`.
    var localHost: LocalHostOverrides {
        var overrides = LocalHostOverrides()
        overrides.port = port
        overrides.address = address
        overrides.cors = cors
        overrides.corsCredentials = corsCredentials
        return overrides
    }

    /// Makes options with the defaults.
    package init(appRoot: String, dataFolder: String, libraryFolder: String, environment: [String: String]) {
        self.appRoot = appRoot
        self.dataFolder = dataFolder
        self.libraryFolder = libraryFolder
        self.environment = environment
    }
}

/// Why a host could not start.
package struct HostStartError: Error, Sendable, CustomStringConvertible {
    /// Whose affair the reason is; the command line makes an exit code of it.
    package enum Kind: Sendable {
        /// The operator's: settings, folders, what a function misses.
        case configuration
        /// The operator's, in the app's files: `host.json`. The host waits for its change.
        case app
        /// The machine's: a port or a data folder that somebody else holds.
        case unavailable
        /// Our own.
        case software
    }

    /// Whose affair the reason is.
    package let kind: Kind
    /// The thing, the reason and the remedy.
    package let description: String
    /// Whether the same may succeed a little later without anybody's help.
    package let isTransient: Bool

    /// Makes an error.
    package init(_ kind: Kind, _ description: String, isTransient: Bool = false) {
        self.kind = kind
        self.description = description
        self.isTransient = isTransient
    }
}
