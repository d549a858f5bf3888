import FunctionKit
import Glibc

/// The colours of Azure's console, as a terminal's escape sequences (ECMA-48, SGR).
package enum ConsoleColor: String, Sendable {
    /// The time of a line.
    case darkGray = "\u{1B}[90m"
    /// Errors.
    case red = "\u{1B}[91m"
    /// Warnings, and the names of HTTP functions.
    case darkYellow = "\u{1B}[33m"
    /// The names of other functions.
    case yellow = "\u{1B}[93m"
    /// Information.
    case darkCyan = "\u{1B}[36m"
    /// Details, and URLs.
    case darkGreen = "\u{1B}[32m"

    /// What ends a colour.
    static let end = "\u{1B}[0m"

    /// The colour of a level.
    init(_ level: LogLevel) {
        self =
            switch level {
            case .trace, .debug: .darkGreen
            case .information: .darkCyan
            case .warning: .darkYellow
            case .error, .critical: .red
            }
    }

    /// Whether lines to a descriptor are coloured: on a terminal that can do it, unless `NO_COLOR` (no-color.org) is set.
    package static func isWanted(on descriptor: Int32, environment: [String: String]) -> Bool {
        isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// The text in this colour.
    func paint(_ text: String, _ isColored: Bool) -> String { isColored ? rawValue + text + Self.end : text }
}
