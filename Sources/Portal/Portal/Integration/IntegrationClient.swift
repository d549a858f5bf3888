import FoundationEssentials
public import FunctionKit

/// JSON calls to another program of the stack, with its bearer key, retries and bounds.
///
/// A call is tried again after 429 (honouring `Retry-After`), 5xx and transport errors, as ``RetryPolicy`` says and never
/// beyond the invocation's deadline. Every `POST` carries an `Idempotency-Key`, so trying again makes nothing twice.
public struct IntegrationClient: Sendable {
    let app: AppContext
    let peer: PortalSettings.Peer
    let policy: RetryPolicy

    /// Makes a client.
    public init(app: AppContext, peer: PortalSettings.Peer, policy: RetryPolicy = RetryPolicy()) {
        self.app = app
        self.peer = peer
        self.policy = policy
    }

    /// Reads.
    ///
    /// - Parameters:
    ///   - path: percent-encoded, beginning with a slash; appended to the peer's base URL.
    ///   - query: names and values, encoded here.
    ///   - deadline: when the invocation ends; nil for never.
    public func get<Answer: Decodable>(
        _ path: String,
        query: [(name: String, value: String)] = [],
        as type: Answer.Type,
        deadline: Timestamp?
    ) async throws(IntegrationError) -> Answer {
        let text = query.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
        let url = peer.baseURL + path + (text.isEmpty ? "" : "?" + text)
        let call = Call(method: .get, path: path, url: url, body: nil, idempotencyKey: nil)
        return try await perform(call, as: type, deadline: deadline)
    }

    /// Creates.
    ///
    /// - Parameters:
    ///   - path: percent-encoded, beginning with a slash; appended to the peer's base URL.
    ///   - idempotencyKey: the id of our record, so that the peer makes one of it however often we ask.
    ///   - deadline: when the invocation ends; nil for never.
    public func post<Answer: Decodable>(
        _ path: String,
        body: some Encodable,
        idempotencyKey: String,
        as type: Answer.Type,
        deadline: Timestamp?
    ) async throws(IntegrationError) -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let bytes = try? encoder.encode(body) else {
            throw IntegrationError(.oddAnswer, "A \(Swift.type(of: body)) for \(peer.name) has no JSON form.")
        }
        let call = Call(
            method: .post,
            path: path,
            url: peer.baseURL + path,
            body: Array(bytes),
            idempotencyKey: idempotencyKey
        )
        return try await perform(call, as: type, deadline: deadline)
    }

    struct Call {
        var method: HTTPMethod
        var path: String
        var url: String
        var body: [UInt8]?
        var idempotencyKey: String?
    }

    private func perform<Answer: Decodable>(
        _ call: Call,
        as type: Answer.Type,
        deadline: Timestamp?
    ) async throws(IntegrationError) -> Answer {
        let start = app.clock.uptime
        var attempts = 0
        while true {
            let remaining = remaining(since: start, deadline: deadline)
            guard remaining > .zero else { throw outOfTime(call) }
            attempts += 1
            let outcome = await attempt(call, timeout: min(remaining, policy.attemptTimeout))
            switch outcome {
            case .answer(let bytes): return try decode(bytes, as: type, call)
            case .failed(let error): throw error
            case .again(let error, let retryAfter):
                let pause =
                    retryAfter ?? policy.pause(afterAttempts: attempts, fraction: app.random.fraction())
                let isOver = attempts >= policy.attemptsMax || pause > policy.retryAfterMax
                guard !isOver, pause < self.remaining(since: start, deadline: deadline) else { throw error }
                do { try await app.clock.sleep(for: pause) } catch { throw cancelled(call) }
            }
        }
    }

    private func remaining(since start: Duration, deadline: Timestamp?) -> Duration {
        let budget = policy.totalMax - (app.clock.uptime - start)
        guard let deadline else { return budget }
        return min(budget, deadline - app.clock.now)
    }

    private func decode<Answer: Decodable>(
        _ bytes: [UInt8],
        as type: Answer.Type,
        _ call: Call
    ) throws(IntegrationError) -> Answer {
        do {
            let bytes = type is any ExactNumbers.Type ? quotingNumbers(in: bytes) : bytes
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw IntegrationError(
                .oddAnswer,
                "\(name(call)) was answered with something else than the agreed JSON (\(bytes.count) bytes)."
            )
        }
    }

    func name(_ call: Call) -> String { "\(peer.name): \(call.method) \(call.path)" }

    func cancelled(_ call: Call) -> IntegrationError {
        IntegrationError(.cancelled, "\(name(call)) was cancelled.")
    }

    private func outOfTime(_ call: Call) -> IntegrationError {
        IntegrationError(.unavailable, "\(name(call)) was given up because the time for it was over.")
    }
}
