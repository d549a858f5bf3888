/// How much a log line matters; the names and order are Azure's `LogLevel`.
public enum LogLevel: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// The most detailed messages.
    case trace
    /// For developers.
    case debug
    /// The normal course of events.
    case information
    /// Something unusual that the app copes with.
    case warning
    /// A failed operation; the app goes on.
    case error
    /// The host cannot go on.
    case critical

    /// Orders levels by how much they matter.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// One event for the log.
public struct LogRecord: Sendable {
    /// How much it matters.
    public var level: LogLevel
    /// Who says it, as a dotted path: `Function.ticket-sync.User`, `Host.Startup`.
    public var category: String
    /// The sentence. Never holds a secret.
    public var message: String
    /// The invocation it belongs to.
    public var invocationID: InvocationID?
    /// Values beside the sentence, in the order given.
    public var fields: [(name: String, value: String)]

    /// Makes a record.
    public init(
        level: LogLevel,
        category: String,
        message: String,
        invocationID: InvocationID? = nil,
        fields: [(name: String, value: String)] = []
    ) {
        self.level = level
        self.category = category
        self.message = message
        self.invocationID = invocationID
        self.fields = fields
    }
}

/// Where log records go. Calls must not block for long and may come from any thread.
public protocol LogSink: Sendable {
    /// Takes one record.
    func log(_ record: LogRecord)

    /// Whether a record of this level and category would be kept; lets callers skip making the message.
    func isEnabled(_ level: LogLevel, category: String) -> Bool
}

/// What functions log through: a sink with the category and invocation id already set.
public struct Logger: Sendable {
    /// Where the records go.
    public let sink: any LogSink
    /// Who says it.
    public let category: String
    /// The invocation that the records belong to.
    public let invocationID: InvocationID?

    /// Makes a logger.
    public init(sink: any LogSink, category: String, invocationID: InvocationID? = nil) {
        self.sink = sink
        self.category = category
        self.invocationID = invocationID
    }

    /// Logs one sentence with values beside it, if the level is enabled.
    public func log(
        _ level: LogLevel,
        _ message: @autoclosure () -> String,
        _ fields: KeyValuePairs<String, String> = [:]
    ) {
        guard sink.isEnabled(level, category: category) else { return }
        sink.log(
            LogRecord(
                level: level,
                category: category,
                message: message(),
                invocationID: invocationID,
                fields: fields.map { (name: $0.key, value: $0.value) }
            )
        )
    }

    /// Logs at ``LogLevel/debug``.
    public func debug(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.debug, message(), fields)
    }

    /// Logs at ``LogLevel/information``.
    public func info(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.information, message(), fields)
    }

    /// Logs at ``LogLevel/warning``.
    public func warning(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.warning, message(), fields)
    }

    /// Logs at ``LogLevel/error``.
    public func error(_ message: @autoclosure () -> String, _ fields: KeyValuePairs<String, String> = [:]) {
        log(.error, message(), fields)
    }
}
