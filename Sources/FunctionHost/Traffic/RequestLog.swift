import FunctionKit

/// Azure's two lines for each request, before and after it. Off unless `logging.logLevel` of `host.json` asks for
/// information of its category, or of `default`: every invocation has a line of its own anyway. A class, so that asking whether there
/// is one copies nothing.
final class RequestLog: Sendable {
    /// The category of the lines.
    static let category = "Microsoft.Azure.WebJobs.Script.WebHost.Middleware.SystemTraceMiddleware"
    /// The header field by which a front end names a request.
    static let idField = "X-ARR-LOG-ID"
    /// The longest name or agent that is logged, in bytes; the rest is cut off.
    static let textBytesMax = 256

    private let log: HostLog
    private let clock: any AppClock
    private let ids: InvocationIDSource

    /// Makes the log; nil when the rules do not ask for it.
    init?(_ levels: LogLevelRules, log: HostLog, clock: any AppClock, random: any RandomSource) {
        guard case .from(let least) = levels.threshold(for: Self.category), least <= .information else { return nil }
        self.log = log
        self.clock = clock
        ids = InvocationIDSource(random: random)
    }

    /// Answers a request between its two lines.
    func around(
        _ request: HTTPRequest,
        _ answer: (HTTPRequest) async -> HTTPResponse
    ) async -> HTTPResponse {
        let start = clock.uptime
        let id = request.headers[Self.idField].map(Self.cut) ?? ids.next().description
        // The path without its query, where keys and tokens travel.
        write(
            "Executing",
            [
                ("requestId", id), ("method", request.method.rawValue),
                ("userAgent", Self.cut(request.headers["User-Agent"] ?? "")), ("uri", request.path),
            ]
        )
        let response = await answer(request)
        write(
            "Executed",
            [
                ("requestId", id), ("identities", ""), ("status", "\(response.status.rawValue)"),
                ("duration", "\((clock.uptime - start).wholeMilliseconds)"),
            ]
        )
        return response
    }

    private func write(_ what: String, _ fields: [(name: String, value: String)]) {
        var bytes = Array("\(what) HTTP request: {".utf8)
        for (index, field) in fields.enumerated() {
            bytes.append(contentsOf: index > 0 ? ", ".utf8 : "".utf8)
            appendJSONString(field.name, to: &bytes)
            bytes.append(contentsOf: ": ".utf8)
            appendJSONString(field.value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        log.log(
            LogRecord(level: .information, category: Self.category, message: String(decoding: bytes, as: UTF8.self))
        )
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= textBytesMax ? text : String(decoding: text.utf8.prefix(textBytesMax), as: UTF8.self)
    }
}
