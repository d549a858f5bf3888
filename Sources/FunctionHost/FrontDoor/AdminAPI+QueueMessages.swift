import FoundationEssentials
import FunctionKit

/// Messages by hand: `/admin/queues/{queue}/messages`.
extension AdminAPI {
    /// Enqueues the request's body.
    func send(_ request: HTTPRequest, to queue: QueueName) async throws -> HTTPResponse {
        struct Answer: Encodable {
            var id: String
            var queue: String
            var tenant: String
        }
        let tenant = try tenant(request)
        let delay = try seconds("delay", request)
        let timeToLive = try seconds("ttl", request)
        let id = try await queues.editor(of: queue, of: tenant)
            .send(try await payload(request), after: delay ?? .zero, timeToLive: timeToLive)
        return try .json(
            Answer(id: id, queue: queue.description, tenant: tenant.description),
            status: .created
        )
    }

    /// The body as text; with `encoding=base64` what it encodes, as those write it who are used to Azure's queues.
    private func payload(_ request: HTTPRequest) async throws -> String {
        let encoding = request.queryValue("encoding")?.lowercased() ?? "none"
        guard ["none", "base64"].contains(encoding) else {
            throw HTTPError(.badRequest, code: "invalid_encoding", message: "'encoding' is none or base64.")
        }
        // Base64 is a third longer than what it encodes.
        var bytes = try await request.body.collect(upTo: 2 * QueueLimits.payloadBytesMax)
        if encoding == "base64" {
            guard let data = Data(base64Encoded: Data(bytes)) else {
                throw HTTPError(.badRequest, code: "invalid_payload", message: "The body is not base64.")
            }
            bytes = Array(data)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HTTPError(
                .badRequest,
                code: "invalid_payload",
                message: "The payload is not UTF-8 text. Enqueue bytes as base64 text."
            )
        }
        return text
    }

    private func seconds(_ name: String, _ request: HTTPRequest) throws -> Duration? {
        guard let text = request.queryValue(name) else { return nil }
        guard let seconds = Int(text), (0...Self.delaySecondsMax).contains(seconds) else {
            throw HTTPError(
                .badRequest,
                code: "invalid_\(name)",
                message: "'\(name)' is a number of seconds from 0 to \(Self.delaySecondsMax)."
            )
        }
        return .seconds(seconds)
    }

    /// The longest delay and time to live that can be asked for by hand: a year.
    private static let delaySecondsMax = 366 * 86_400

    /// Shows one message.
    func message(_ id: String, in queue: QueueName, of tenant: TenantName) async throws -> HTTPResponse {
        guard let view = try await queues.message(id, in: queue, of: tenant) else {
            throw noMessage(id, queue, tenant)
        }
        return try .json(view)
    }

    /// Removes one message.
    func remove(_ id: String, from queue: QueueName, of tenant: TenantName) async throws -> HTTPResponse {
        guard try await queues.editor(of: queue, of: tenant).remove(id) else { throw noMessage(id, queue, tenant) }
        return HTTPResponse(status: .noContent)
    }

    /// Removes all messages of a queue, if the request names it a second time.
    func purge(_ request: HTTPRequest, _ queue: QueueName) async throws -> HTTPResponse {
        struct Answer: Encodable {
            var removed: Int
        }
        let tenant = try tenant(request)
        guard request.queryValue("confirm") == queue.description else {
            throw HTTPError(
                .badRequest,
                code: "not_confirmed",
                message:
                    "All messages of '\(queue)' would be removed for good. Confirm it by the queue's name: &confirm=\(queue)."
            )
        }
        return try .json(Answer(removed: try await queues.editor(of: queue, of: tenant).purge()))
    }

    private func noMessage(_ id: String, _ queue: QueueName, _ tenant: TenantName) -> HTTPError {
        HTTPError(
            .notFound,
            code: "no_message",
            message: "'\(tenant)' has no message '\(id)' in '\(queue)'. It may have been handled meanwhile."
        )
    }
}
