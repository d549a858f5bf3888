import Crypto
package import FunctionKit

/// What an `Idempotency-Key` has brought about; written in the same transaction as that.
package struct IdempotencyRecord: Codable, Sendable {
    /// SHA-256 of the request that used the key first.
    var fingerprint: String
    /// The id of what it made.
    var resultID: String

    private enum CodingKeys: String, CodingKey {
        case fingerprint
        case resultID = "result_id"
    }
}

extension CollectionDefinition where Document == IdempotencyRecord {
    /// The keys that were used; ids are digests of operation and key.
    package static var idempotency: CollectionDefinition<IdempotencyRecord> { CollectionDefinition("idempotency") }
}

/// A key with the request that it belongs to.
package struct IdempotentRequest: Sendable {
    /// The id of the key's record.
    let recordID: String
    /// What tells this request from another one under the same key.
    let fingerprint: String

    /// Reads the key.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 400 when there is none, or one of more than 255 bytes.
    init(_ request: HTTPRequest, body: [UInt8]) throws {
        guard let key = request.headers["Idempotency-Key"], (1...255).contains(key.utf8.count) else {
            throw HTTPError.invalid("The header field 'Idempotency-Key' is missing or longer than 255 bytes.")
        }
        recordID = hexText(sha256("\(request.method) \(request.path)\n\(key)".utf8))
        fingerprint = hexText(sha256(body))
    }
}

/// The outcome of an idempotent request.
package struct IdempotentResult: Sendable {
    /// The id of what was made, now or before.
    package let id: String
    /// True when an earlier request made it.
    package let isReplay: Bool

    /// 201, or 200 for a replay.
    package var status: HTTPStatus { isReplay ? .ok : .created }
}

extension Sandbox {
    /// Does something once for a key, however often, from however many callers and across restarts it is asked.
    ///
    /// - Parameter make: does it within the transaction and returns the id of what it made.
    /// - Throws: ``FunctionKit/HTTPError`` 422 when the key was used for another request.
    func once(
        _ request: IdempotentRequest,
        _ make: (inout Transaction) async throws -> String
    ) async throws -> IdempotentResult {
        try await store.transaction { transaction in
            if let record = try await transaction.get(request.recordID, from: .idempotency) {
                guard record.fingerprint == request.fingerprint else {
                    throw HTTPError(
                        .unprocessableContent,
                        code: "idempotency_key_reused",
                        message: "The Idempotency-Key was used for another request."
                    )
                }
                return IdempotentResult(id: record.resultID, isReplay: true)
            }
            let id = try await make(&transaction)
            try transaction.create(
                IdempotencyRecord(fingerprint: request.fingerprint, resultID: id),
                id: request.recordID,
                in: .idempotency
            )
            return IdempotentResult(id: id, isReplay: false)
        }
    }
}
