public import FunctionKit

/// Streams `?count=` lines, each made only when the client has room for it.
public struct HelloStream: HTTPFunction {
    /// The most lines that one request may ask for.
    static let countMax = 100_000_000

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Answers with lines `0`, `1`, `2` and so on.
    public func respond(to request: HTTPRequest, context: InvocationContext) throws -> HTTPResponse {
        let text = request.queryValue("count") ?? "10"
        guard let count = Int(text), (0...Self.countMax).contains(count) else {
            throw HTTPError(
                .badRequest,
                code: "invalid_count",
                message: "'count' must be a number from 0 to \(Self.countMax)."
            )
        }
        let lines = Lines(count: count)
        return HTTPResponse(
            headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: HTTPBody { await lines.next() }
        )
    }
}

/// Makes the lines, a thousand a chunk.
private actor Lines {
    private let count: Int
    private var position = 0

    init(count: Int) { self.count = count }

    func next() -> [UInt8]? {
        guard position < count else { return nil }
        let end = min(position + 1000, count)
        defer { position = end }
        return (position..<end).flatMap { Array("\($0)\n".utf8) }
    }
}
