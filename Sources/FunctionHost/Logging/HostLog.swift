package import FunctionKit
import Synchronization

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Azure's console: `[2026-11-20T12:14:00.123Z] message`.
    case console
    /// One JSON object a line: `{"time":…,"level":…,"category":…,"message":…}`.
    case json
}

/// The host's log: formats, filters by level and category, hides secrets, and hands the bytes to a writer.
package final class HostLog: LogSink {
    /// The longest message, and the longest value of a field: 32 KiB. What is longer is cut, and says so.
    package static let textBytesMax = 32 << 10
    /// The most physical lines of one record on the console; the rest is left out.
    package static let consoleLinesMax = 256

    let writer: LogWriter
    let format: LogFormat
    let clock: any AppClock
    /// Whether lines are coloured.
    let isColored: Bool
    private let levels: LockedState<LogLevelRules>
    private let defaults: LogDefaults
    /// Whether some category gets a line at the beginning of an invocation; saves every call a look at the rules.
    private let mayTellBeginnings = Atomic(false)
    private let redactor: LockedState<Redactor>
    /// Counts the changes of the rules.
    private let ruleRound = Atomic<UInt64>(1)

    /// Makes a log.
    package init(
        writer: LogWriter,
        format: LogFormat,
        clock: any AppClock,
        levels: LogLevelRules = LogLevelRules(),
        defaults: LogDefaults = LogDefaults(),
        isColored: Bool = false,
        redactor: Redactor = Redactor(secrets: [])
    ) {
        self.writer = writer
        self.format = format
        self.clock = clock
        self.levels = LockedState(levels)
        self.defaults = defaults
        self.isColored = isColored && format == .console
        self.redactor = LockedState(redactor)
        setLevels(levels)
    }

    /// Exchanges the rules, for lines from now on.
    package func setLevels(_ rules: LogLevelRules) {
        levels.withLock { $0 = rules }
        ruleRound.add(1, ordering: .releasing)
        mayTellBeginnings.store(defaults.isVerbose || rules.mayKeep(.debug), ordering: .relaxed)
    }

    /// Hides more secrets, in lines from now on.
    package func hide(_ secrets: [String]) { redactor.withLock { $0.add(secrets) } }

    /// A text without the secrets that the log hides.
    func redacted(_ text: String) -> String {
        text.isEmpty ? text : redactor.withLock { $0 }.redact(text)
    }

    /// Whether a line of this level and category is kept.
    package func isEnabled(_ level: LogLevel, category: String) -> Bool {
        threshold(for: category).keeps(level)
    }

    /// Whether an invocation gets a line at its beginning, too: with `--verbose`, and where `host.json` asks for details of its
    /// function. Azure always writes one; here each invocation has one line that tells all, when it has ended.
    func tellsBeginnings(of category: String) -> Bool {
        mayTellBeginnings.load(ordering: .relaxed)
            && (defaults.isVerbose
                ? isEnabled(.information, category: category) : isEnabled(.debug, category: category))
    }

    /// Writes a record whatever the levels say: what an operator has to see to know that the host heeds him.
    func announce(_ record: LogRecord) { write(record) }

    private func threshold(for category: String) -> LogLevelRules.Threshold {
        levels.withLock { rules in
            guard let option = defaults.userOption, LogDefaults.isUser(category) else {
                return rules.threshold(for: category) ?? .from(defaultLevel(for: category))
            }
            return rules.ownThreshold(for: category) ?? option
        }
    }

    private func defaultLevel(for category: String) -> LogLevel {
        if defaults.system == defaults.user { return defaults.user }
        return LogDefaults.isUser(category) ? defaults.user : defaults.system
    }

    /// Formats and writes one record.
    package func log(_ record: LogRecord) {
        if isEnabled(record.level, category: record.category) { write(record) }
    }

    private func write(_ record: LogRecord) {
        var record = record
        record.message = cleaned(record.message)
        for index in record.fields.indices { record.fields[index].value = cleaned(record.fields[index].value) }
        let now = clock.now
        var bytes: [UInt8] = []
        switch format {
        case .console: appendConsole(record, at: now, to: &bytes)
        case .json: appendJSON(record, at: now, to: &bytes)
        }
        writer.append(bytes)
    }

    /// Whether the line of a succeeded invocation is kept. The answer stands beside the function until the rules change: looking
    /// it up takes a lock that all calls would meet at.
    func keepsSuccesses(of function: LoadedFunction) -> Bool {
        let round = ruleRound.load(ordering: .acquiring)
        if let known = function.logDecision.answer(in: round) { return known }
        let keeps = isEnabled(.information, category: function.category)
        function.logDecision.note(keeps, in: round)
        return keeps
    }

    /// A text without secrets and of a bounded length.
    private func cleaned(_ text: String) -> String {
        let count = text.utf8.count
        let redactor = redactor.withLock { $0 }
        guard count > Self.textBytesMax else { return redactor.redact(text) }
        // A secret that lies across the cut is seen whole first, and the end, where half of one may be left, goes.
        let margin = redactor.longestSecretBytes
        let head = redactor.redact(String(decoding: text.utf8.prefix(Self.textBytesMax + margin), as: UTF8.self)).utf8
        let kept = head.prefix(max(min(Self.textBytesMax, head.count - margin), 0))
        return String(decoding: kept, as: UTF8.self) + "… (cut; \(count) bytes in all)"
    }

    private func appendConsole(_ record: LogRecord, at now: Timestamp, to buffer: inout [UInt8]) {
        let prefix = ConsoleColor.darkGray.paint("[\(now)] ", isColored)
        var text = record.message
        for field in record.fields { text += " \(field.name)=\(field.value)" }
        // Every physical line gets the time, and those behind the first an indent: no message can forge a line of its own.
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.count > Self.consoleLinesMax {
            let count = lines.count
            lines = lines.prefix(Self.consoleLinesMax - 1) + ["… (cut; \(count) lines in all)"]
        }
        for (number, line) in lines.enumerated() {
            buffer.append(contentsOf: prefix.utf8)
            if isColored {
                buffer.append(contentsOf: ConsoleColor(record.level).rawValue.utf8)
            } else if record.level >= .warning {
                buffer.append(contentsOf: "\(record.level.consoleName): ".utf8)
            }
            if number > 0 { buffer.append(contentsOf: "  ".utf8) }
            Self.appendPrintable(line.utf8, to: &buffer)
            if isColored { buffer.append(contentsOf: ConsoleColor.end.utf8) }
            buffer.append(0x0A)
        }
    }

    /// Appends a text with a `?` for each control character, of ASCII (C0) and of Unicode's second page (C1), which drive
    /// terminals too.
    private static func appendPrintable(_ text: Substring.UTF8View, to buffer: inout [UInt8]) {
        var previous: UInt8 = 0
        for byte in text {
            if previous == 0xC2, byte < 0xA0 {
                buffer[buffer.count - 1] = 0x3F
            } else {
                buffer.append(byte < 0x20 && byte != 0x09 || byte == 0x7F ? 0x3F : byte)
            }
            previous = byte
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
