import FunctionKit

/// A line that somebody outside writes to the host's log: `POST /admin/host/log`.
struct HostLogEntry {
    private var level: LogLevelRules.Threshold
    private var functionName: String?
    private var source: String?
    private var message: String?

    /// Reads `{level, functionName, source, message}`, names in any case; nil for anything else, and for a level that is none.
    init?(_ value: JSONValue) {
        guard value.members != nil, let level = Self.level(value.member(ignoringCase: "level")) else { return nil }
        self.level = level
        functionName = value.member(ignoringCase: "functionName")?.scalarText
        source = value.member(ignoringCase: "source")?.scalarText
        message = value.member(ignoringCase: "message")?.scalarText
    }

    /// The record; nil when it is not to be logged. An entry that names a function counts as that function's own words.
    var record: LogRecord? {
        guard case .from(let level) = level, let message else { return nil }
        let name = functionName.flatMap { FunctionName.isValid($0) ? $0 : nil }
        return LogRecord(
            level: level,
            category: name.map { "Function.\($0).User" } ?? "Host.Log",
            message: message,
            fields: source.map { [("source", $0)] } ?? []
        )
    }

    /// .NET's `TraceLevel`, by its name in any case or its number; `Info` when it is not given.
    private static func level(_ member: JSONValue?) -> LogLevelRules.Threshold? {
        let levels: [LogLevelRules.Threshold] = [
            .off, .from(.error), .from(.warning), .from(.information), .from(.trace),
        ]
        let names = ["off", "error", "warning", "info", "verbose"]
        guard let member, !member.isNull else { return .from(.information) }
        guard let text = member.scalarText, let number = names.firstIndex(of: text.lowercased()) ?? Int(text),
            levels.indices.contains(number)
        else { return nil }
        return levels[number]
    }
}
