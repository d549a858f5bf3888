import FunctionKit

/// Prints warnings and errors of a command's parts on standard error.
struct StandardErrorLog: LogSink {
    func log(_ record: LogRecord) {
        if isEnabled(record.level, category: record.category) { printError(record.message) }
    }

    func isEnabled(_ level: LogLevel, category: String) -> Bool { level >= .warning }
}

extension Logger {
    /// A logger for commands.
    static let standardError = Logger(sink: StandardErrorLog(), category: "postern")
}
