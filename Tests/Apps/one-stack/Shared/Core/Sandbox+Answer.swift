import Crypto
package import FunctionKit

extension Sandbox {
    /// Answers a call from the portal as a product does: notes it, misbehaves if a test wants that, and checks the key.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 401 for a missing or wrong key, 503 when the sandbox has none to compare with.
    package func answer(
        _ request: HTTPRequest,
        as peer: Peer,
        _ body: () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        try await note(request, for: peer)
        let fault = try await takeFault(of: peer)
        if let response = try await fault?.instead(clock: app.clock) { return response }
        try checkKey(request, of: peer)
        try await plantDemo()
        let response = try await Self.refusingTooLarge(body)
        return fault?.isHalf == true ? try await Fault.cutShort(response) : response
    }

    /// A record that outgrows the store's bound is the caller's mistake and not the sandbox's.
    static func refusingTooLarge(_ body: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        do {
            return try await body()
        } catch let error as StoreError where error.code == .tooLarge {
            throw HTTPError(.contentTooLarge, code: "too_large", message: "The record is too large.")
        }
    }

    private func checkKey(_ request: HTTPRequest, of peer: Peer) throws {
        guard let name = peer.keySetting else { return }
        guard Self.shows(try setting(name), request) else {
            throw HTTPError(
                .unauthorized,
                code: "invalid_key",
                message: "The key is missing or wrong.",
                headers: ["WWW-Authenticate": "Bearer"]
            )
        }
    }

    /// Whether the request shows the key. Digests are compared, so that the time tells nothing about the key.
    static func shows(_ key: String, _ request: HTTPRequest) -> Bool {
        guard let shown = request.headers["Authorization"], shown.hasPrefix("Bearer ") else { return false }
        return constantTimeEquals(sha256(shown.dropFirst(7).utf8), sha256(key.utf8))
    }
}
