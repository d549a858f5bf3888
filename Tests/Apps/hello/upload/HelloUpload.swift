import Crypto
public import FunctionKit

/// Reads a body of any size bit by bit and tells how many bytes it had and, with `?digest=sha256`, their digest.
public struct HelloUpload: HTTPFunction {
    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Answers `{"bytes":…,"chunks":…,"sha256":…}`.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        struct Sum: Encodable {
            var bytes = 0
            var chunks = 0
            var sha256: String?
        }
        var sum = Sum()
        let digest = request.queryValue("digest") == "sha256" ? RunningSHA256() : nil
        let source = request.body.makeSource()
        while let chunk = try await source() {
            sum.bytes += chunk.count
            sum.chunks += 1
            digest?.update(chunk)
        }
        sum.sha256 = digest.map { hexText($0.finish()) }
        return try .json(sum)
    }
}
