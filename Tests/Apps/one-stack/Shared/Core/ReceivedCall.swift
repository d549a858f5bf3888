package import FunctionKit

/// A call that a product received, kept for an hour so that a test can see what the portal sent.
package struct ReceivedCall: Codable, Sendable {
    /// Which product.
    package var peer: Peer
    /// The method.
    package var method: String
    /// The path as it was sent.
    package var path: String
    /// The query as it was sent.
    package var query: String?
    /// The header fields by their lower-case names; credentials are not kept, only whether they were right or there.
    package var headers: [String: String]
    /// When.
    package var receivedAt: Timestamp

    private enum CodingKeys: String, CodingKey {
        case peer, method, path, query, headers
        case receivedAt = "received_at"
    }
}

extension CollectionDefinition where Document == ReceivedCall {
    /// The calls of the last hour.
    package static var receivedCalls: CollectionDefinition<ReceivedCall> {
        CollectionDefinition(
            "received_calls",
            indexes: [
                IndexDefinition("by_time", on: ["created_at"]), IndexDefinition("by_peer", on: ["peer", "created_at"]),
            ]
        )
    }
}

extension Sandbox {
    /// Keeps what a call looked like.
    func note(_ request: HTTPRequest, for peer: Peer) async throws {
        var headers: [String: String] = [:]
        for field in request.headers {
            headers[field.name.lowercased()] = field.value
        }
        if headers["authorization"] != nil {
            let isRight = peer.keySetting.flatMap { app.settings[$0] }.map { Self.shows($0, request) } == true
            headers["authorization"] = isRight ? "(the right key)" : "(not the right key)"
        }
        for name in ["cookie", "x-integration-key", "x-functions-key"] where headers[name] != nil {
            headers[name] = "(present)"
        }
        let call = ReceivedCall(
            peer: peer,
            method: request.method.rawValue,
            path: request.path,
            query: request.query,
            headers: headers,
            receivedAt: app.clock.now
        )
        _ = try await store.collection(.receivedCalls).create(call, expiresAt: app.clock.now + .seconds(3600))
    }

    /// The latest calls, the newest first; of one product, or of all.
    package func receivedCalls(of peer: Peer? = nil, limit: Int = 50) async throws -> [ReceivedCall] {
        try await store.collection(.receivedCalls).page(
            index: peer == nil ? "by_time" : "by_peer",
            equals: peer.map { [.text($0.rawValue)] } ?? [],
            order: .descending,
            limit: limit
        ).items.map(\.value)
    }
}
