import FunctionKit

extension AdminAPI {
    /// Answers below `/admin/queues`:
    ///
    ///     GET  queues?tenant=&limit=&cursor=
    ///     GET  queues/{queue}/messages?tenant=&limit=&cursor=
    ///     POST queues/{queue}/messages?tenant=&delay=&ttl=&encoding=      the payload is the body
    ///     DELETE queues/{queue}/messages?tenant=&confirm={queue}
    ///     GET, DELETE queues/{queue}/messages/{id}?tenant=
    ///     POST queues/{poison queue}/messages/{id}/retry?tenant=
    func answerForQueues(_ request: HTTPRequest, _ parts: [String]) async throws -> HTTPResponse {
        do {
            switch (request.chosenMethod, parts.count) {
            case (.get, 1):
                return try .json(
                    await queues.overview(
                        tenant: request.queryValue("tenant").map { name throws(StoreError) in try TenantName(name) },
                        limit: try limit(request, max: QueueInspector.tenantsMax),
                        cursor: request.queryValue("cursor")
                    )
                )
            case (.get, 3) where parts[2] == "messages":
                return try .json(
                    await queues.messages(
                        in: try QueueName(parts[1]),
                        of: try tenant(request),
                        limit: try limit(request, max: QueueInspector.messagesMax),
                        cursor: request.queryValue("cursor")
                    )
                )
            case (.post, 3) where parts[2] == "messages":
                return try await send(request, to: try QueueName(parts[1]))
            case (.delete, 3) where parts[2] == "messages":
                return try await purge(request, try QueueName(parts[1]))
            case (.get, 4) where parts[2] == "messages":
                return try await message(parts[3], in: try QueueName(parts[1]), of: try tenant(request))
            case (.delete, 4) where parts[2] == "messages":
                return try await remove(parts[3], from: try QueueName(parts[1]), of: try tenant(request))
            case (.post, 5) where parts[2] == "messages" && parts[4] == "retry":
                return try await retry(parts[3], from: try QueueName(parts[1]), of: try tenant(request))
            default:
                return HTTPResponse(status: .notFound)
            }
        } catch let error as StoreError {
            throw HTTPError(error)
        }
    }

    private func retry(_ id: String, from queue: QueueName, of tenant: TenantName) async throws -> HTTPResponse {
        struct Answer: Encodable {
            var id: String
            var queue: String
        }
        guard let origin = try await queues.sendAgain(id, from: queue, of: tenant) else {
            throw HTTPError(
                .notFound,
                code: "no_poison_message",
                message:
                    "'\(tenant)' has no message '\(id)' in '\(queue)' that could be sent again. Name the poison queue, "
                    + "and a message that lies in it."
            )
        }
        return try .json(Answer(id: id, queue: origin.description))
    }

    func tenant(_ request: HTTPRequest) throws -> TenantName {
        guard let text = request.queryValue("tenant") else {
            throw HTTPError(
                .badRequest,
                code: "tenant_missing",
                message: "A message belongs to a tenant. Name it: ?tenant=SLUG."
            )
        }
        return try TenantName(text)
    }

    func limit(_ request: HTTPRequest, max: Int) throws -> Int {
        guard let text = request.queryValue("limit") else { return min(100, max) }
        guard let limit = Int(text), (1...max).contains(limit) else {
            throw HTTPError(.badRequest, code: "invalid_limit", message: "'limit' is a number from 1 to \(max).")
        }
        return limit
    }
}
