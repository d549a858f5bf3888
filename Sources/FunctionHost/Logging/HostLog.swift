package import FunctionKit

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Azure's console: `[2026-11-20T12:14:00.123Z] message`.
    case console
    /// One JSON object a line: `{"time":…,"level":…,"category":…,"message":…}`.
    case json
}

/// The host's log: formats, filters by level and category, hides secrets, and hands the bytes to a writer.
package final class HostLog: LogSink {
    let writer: LogWriter
    let format: LogFormat
    private let clock: any AppClock
    private let levels: LogLevelRules
    private let redactor: Redactor

    /// Makes a log.
    package init(
        writer: LogWriter,
        format: LogFormat,
        clock: any AppClock,
        levels: LogLevelRules = LogLevelRules(),
        redactor: Redactor = Redactor(secrets: [])
    ) {
        self.writer = writer
        self.format = format
        self.clock = clock
        self.levels = levels
        self.redactor = redactor
    }

    /// Whether a line of this level and category is kept.
    package func isEnabled(_ level: LogLevel, category: String) -> Bool {
        switch levels.threshold(for: category) ?? .from(.information) {
        case .from(let least): level >= least
        case .off: false
        }
    }

    /// Formats and writes one record.
    package func log(_ record: LogRecord) {
        guard isEnabled(record.level, category: record.category) else { return }
        var record = record
        record.message = redactor.redact(record.message)
        for index in record.fields.indices { record.fields[index].value = redactor.redact(record.fields[index].value) }
        let now = clock.now
        var bytes: [UInt8] = []
        switch format {
        case .console: appendConsole(record, at: now, to: &bytes)
        case .json: appendJSON(record, at: now, to: &bytes)
        }
        writer.append(bytes)
    }

    /// Appends the wall time as RFC 3339.
    func appendTime(to bytes: inout [UInt8]) { clock.now.append(to: &bytes) }

    private func appendConsole(_ record: LogRecord, at now: Timestamp, to buffer: inout [UInt8]) {
        let prefix = "[\(now)] "
        var text = record.message
        for field in record.fields { text += " \(field.name)=\(field.value)" }
        // Every physical line gets the time, and no message can forge one or drive the terminal.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            buffer.append(contentsOf: prefix.utf8)
            if record.level >= .warning { buffer.append(contentsOf: "\(record.level.consoleName): ".utf8) }
            for byte in line.utf8 { buffer.append(byte < 0x20 && byte != 0x09 || byte == 0x7F ? 0x3F : byte) }
            buffer.append(0x0A)
        }
    }

    private func appendJSON(_ record: LogRecord, at now: Timestamp, to buffer: inout [UInt8]) {
        buffer.append(contentsOf: "{\"time\":\"\(now)\",\"level\":\"\(record.level)\",\"category\":".utf8)
        appendJSONString(record.category, to: &buffer)
        buffer.append(contentsOf: ",\"message\":".utf8)
        appendJSONString(record.message, to: &buffer)
        if let id = record.invocationID {
            buffer.append(contentsOf: ",\"invocation_id\":\"\(id)\"".utf8)
        }
        for field in record.fields {
            buffer.append(0x2C)
            appendJSONString(field.name, to: &buffer)
            buffer.append(0x3A)
            appendJSONString(field.value, to: &buffer)
        }
        buffer.append(contentsOf: "}\n".utf8)
    }
}

extension LogLevel {
    fileprivate var consoleName: String {
        switch self {
        case .warning: "Warning"
        case .error: "Error"
        case .critical: "Critical"
        default: ""
        }
    }
}
