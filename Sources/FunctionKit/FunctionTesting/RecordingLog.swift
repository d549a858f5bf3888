public import FunctionKit

/// A log sink that keeps every record, for tests of what is said and of what must never be said.
public final class RecordingLog: LogSink {
    private let state = LockedState<[LogRecord]>([])

    /// Makes an empty log.
    public init() {}

    /// Keeps the record.
    public func log(_ record: LogRecord) { state.withLock { $0.append(record) } }

    /// Every level is kept.
    public func isEnabled(_ level: LogLevel, category: String) -> Bool { true }

    /// What was logged, in order.
    public var records: [LogRecord] { state.withLock { $0 } }

    /// The messages of one level, in order.
    public func messages(_ level: LogLevel) -> [String] { records.filter { $0.level == level }.map(\.message) }

    /// Everything that was logged as one text, fields included, to search it for what must not be there.
    public var text: String {
        records.map { record in
            ([record.category, record.message] + record.fields.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
        }.joined(separator: "\n")
    }
}
