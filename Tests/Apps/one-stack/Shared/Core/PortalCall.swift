import FoundationEssentials
import FunctionKit

/// What the portal answered to a product's call.
package struct PortalAnswer: Codable, Sendable {
    /// The status.
    package var status: Int
    /// The body as text.
    package var body: String
}

extension Sandbox {
    /// Calls one of the portal's internal endpoints with a bearer key.
    ///
    /// - Throws: ``FunctionKit/HTTPError`` 502 when the portal does not answer; 503 when a setting is missing.
    package func callPortal(_ path: String, keySetting: String, _ value: some Encodable) async throws -> PortalAnswer {
        let key = try setting(keySetting)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let request = OutboundRequest(
            method: .post,
            url: try portalURL() + path,
            headers: ["Authorization": "Bearer \(key)", "Content-Type": "application/json"],
            body: HTTPBody(Array(try encoder.encode(value))),
            responseBytesMax: 1 << 20
        )
        do {
            let response = try await app.http.send(request)
            let bytes = try await response.body.collect()
            return PortalAnswer(status: response.status.rawValue, body: String(decoding: bytes, as: UTF8.self))
        } catch let error as HTTPClientError {
            throw HTTPError(.badGateway, code: "portal_unreachable", message: error.description)
        }
    }
}
