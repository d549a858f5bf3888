/// An error that knows its response: the one seam from a failure to an HTTP status.
public protocol HTTPResponseError: Error {
    /// What the caller gets. The private cause stays out of it.
    var response: HTTPResponse { get }
}

/// A failure that the caller is told of, as `{"error": {"code": "…", "message": "…"}}`.
public struct HTTPError: HTTPResponseError, CustomStringConvertible {
    /// The status of the response.
    public var status: HTTPStatus
    /// A stable name for programs: `sso_token_used`.
    public var code: String
    /// The sentence for people.
    public var message: String
    /// Further header fields of the response, such as `Retry-After`.
    public var headers: HTTPFields

    /// Makes an error.
    public init(_ status: HTTPStatus, code: String, message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    /// The status, code and message, for a log line.
    public var description: String { "\(status.rawValue) \(code): \(message)" }

    /// The error as a JSON response.
    public var response: HTTPResponse {
        struct Envelope: Encodable {
            struct Content: Encodable {
                var code: String
                var message: String
            }
            var error: Content
        }
        let envelope = Envelope(error: .init(code: code, message: message))
        // Two strings always encode; the fallback keeps this getter from throwing.
        let bytes = (try? JSONCoding.body(envelope)) ?? Array("{}".utf8)
        var response = HTTPResponse.json(bytes: bytes, status: status)
        for field in headers { response.headers.append(field.name, field.value) }
        return response
    }

    static func bodyTooLarge(limit: Int) -> HTTPError {
        HTTPError(
            .contentTooLarge,
            code: "body_too_large",
            message: "The request body is larger than \(limit) bytes."
        )
    }

    static func undecodableBody(_ bytes: [UInt8], _ error: DecodingError) -> HTTPError {
        HTTPError(.badRequest, code: "invalid_body", message: explain(error, bytes))
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        struct Anything: Decodable { init(from decoder: any Decoder) {} }
        return (try? JSONCoding.decode(Anything.self, from: bytes)) != nil
    }

    private static func explain(_ error: DecodingError, _ bytes: [UInt8]) -> String {
        func name(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
            (path + (last.map { [$0] } ?? [])).map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "The field '\(name(context.codingPath, key))' is missing."
        case .valueNotFound(_, let context) where !context.codingPath.isEmpty:
            return "The field '\(name(context.codingPath))' must not be null."
        case .typeMismatch(_, let context) where !context.codingPath.isEmpty:
            return "The field '\(name(context.codingPath))' has the wrong type."
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "The field '\(name(context.codingPath))' has a value that is not allowed."
        case .dataCorrupted where isJSON(bytes):
            // The decoder does not tell where a number stands that its type cannot hold.
            return "The body has a value that is not allowed, such as a number out of range."
        case .typeMismatch, .valueNotFound:
            return "The body is not a JSON object of the expected form."
        default:
            return "The body is not valid JSON."
        }
    }
}
