import FunctionKit

/// A line that somebody outside writes to the host's log: `POST /admin/host/log`.
struct HostLogEntry: Decodable {
    /// Nil for `Off`.
    private var level: LogLevel?
    private var functionName: String?
    private var source: String?
    private var message: String?

    private enum CodingKeys: String, CodingKey {
        case level, functionName, source, message
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        level = try Self.level(in: container)
        functionName = try container.decodeIfPresent(String.self, forKey: .functionName)
        source = try container.decodeIfPresent(String.self, forKey: .source)
        message = try container.decodeIfPresent(String.self, forKey: .message)
    }

    /// The record; nil when it is not to be logged. An entry that names a function counts as that function's own words.
    var record: LogRecord? {
        guard let level, let message else { return nil }
        let name = functionName.flatMap { FunctionName.isValid($0) ? $0 : nil }
        return LogRecord(
            level: level,
            category: name.map { "Function.\($0).User" } ?? "Host.Log",
            message: message,
            fields: source.map { [("source", $0)] } ?? []
        )
    }

    /// .NET's `TraceLevel`, by its name in any case or its number; `Info` when it is not given.
    private static func level(in container: KeyedDecodingContainer<CodingKeys>) throws -> LogLevel? {
        let levels: [LogLevel?] = [nil, .error, .warning, .information, .trace]
        let names = ["off", "error", "warning", "info", "verbose"]
        guard container.contains(.level) else { return .information }
        let number: Int?
        if let name = try? container.decode(String.self, forKey: .level) {
            number = names.firstIndex(of: name.lowercased()) ?? Int(name)
        } else {
            number = try container.decode(Int.self, forKey: .level)
        }
        guard let number, levels.indices.contains(number) else {
            throw DecodingError.dataCorruptedError(
                forKey: .level,
                in: container,
                debugDescription: "A level is one of \(names.joined(separator: ", ")), or their numbers from 0."
            )
        }
        return levels[number]
    }
}
