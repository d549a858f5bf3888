public import FunctionKit

/// An HTTP client that answers from a closure and keeps what it was asked.
public final class ScriptedHTTPClient: HTTPClient {
    /// A request with its body collected.
    public struct Exchange: Sendable {
        /// The request as it was sent.
        public let request: OutboundRequest
        /// Its whole body.
        public let body: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let answer: @Sendable (Exchange) async throws -> OutboundResponse
    private let sent = LockedState<[Exchange]>([])

    /// Makes a client. What `answer` throws arrives as it is when it is an `HTTPClientError`, and as `interrupted` otherwise.
    public init(_ answer: @escaping @Sendable (Exchange) async throws -> OutboundResponse) { self.answer = answer }

    /// A client whose every request finds nobody there.
    public static var unreachable: ScriptedHTTPClient {
        ScriptedHTTPClient { exchange in
            throw HTTPClientError(.unreachable, "Nobody answers at \(exchange.request.url).")
        }
    }

    /// What was sent, in order.
    public var exchanges: [Exchange] { sent.withLock { $0 } }

    /// Records the request and asks the script.
    public func send(_ request: OutboundRequest) async throws(HTTPClientError) -> OutboundResponse {
        do {
            let exchange = Exchange(request: request, body: try await request.body.collect(upTo: .max))
            sent.withLock { $0.append(exchange) }
            return try await answer(exchange)
        } catch let error as HTTPClientError {
            throw error
        } catch {
            throw HTTPClientError(.interrupted, "\(error)")
        }
    }
}

extension OutboundResponse {
    /// A response with a JSON text as its body, for scripts.
    public static func json(_ text: String, status: HTTPStatus = .ok, headers: HTTPFields = [:]) -> OutboundResponse {
        var headers = headers
        headers["Content-Type"] = "application/json"
        return OutboundResponse(status: status, headers: headers, body: HTTPBody(text))
    }
}
