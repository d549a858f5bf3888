package import FunctionKit

/// What the log keeps of a category that `logging.logLevel` of `host.json` does not speak of.
package struct LogDefaults: Sendable, Equatable {
    /// From where on the host's own words are kept.
    package var system = LogLevel.information
    /// From where on a function's words, and the lines of its invocations, are kept.
    package var user = LogLevel.information
    /// What `--user-log-level` says; it comes before `default` of `host.json`.
    package var userOption: LogLevelRules.Threshold?
    /// Whether `--verbose` was given: each invocation gets a line at its beginning, too.
    package var isVerbose = false

    /// Makes defaults that keep information and what is worse, as Azure's host does.
    package init() {}

    /// The defaults of `postern start`, which are those of Azure's local tools on a console: the host's own words from warnings
    /// on, or from information with `--verbose`. JSON lines are for a host that runs unattended, and keep information.
    package init(format: LogFormat, isVerbose: Bool = false, userOption: LogLevelRules.Threshold? = nil) {
        system = format == .console && !isVerbose ? .warning : .information
        self.userOption = userOption
        self.isVerbose = isVerbose
    }

    /// Whether a category is a function's and not the host's.
    package static func isUser(_ category: String) -> Bool {
        guard let first = category.utf8.first else { return true }
        // The first letter decides for nearly all.
        switch first {
        case UInt8(ascii: "H"), UInt8(ascii: "h"):
            return !category.utf8.starts(with: "Host.".utf8) || category == "Host.Function.Console"
        case UInt8(ascii: "M"): return !category.utf8.starts(with: "Microsoft.Azure.WebJobs.".utf8)
        case UInt8(ascii: "W"): return !category.utf8.starts(with: "Worker.".utf8)
        default: return true
        }
    }
}
