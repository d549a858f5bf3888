/// What a function answers.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: HTTPStatus
    /// The header fields. The server adds `Date`, `Content-Length` or `Transfer-Encoding` and `Connection` itself; a value
    /// with a control character, such as a line break, turns the response into a 500 instead of splitting it.
    public var headers: HTTPFields
    /// The body.
    public var body: HTTPBody

    /// Makes a response.
    public init(status: HTTPStatus = .ok, headers: HTTPFields = [:], body: HTTPBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text, as `text/plain; charset=utf-8`.
    public static func text(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: textHeaders, body: HTTPBody(text))
    }

    // Made once, because the answers of small functions consist of little else.
    private static let textHeaders: HTTPFields = ["Content-Type": "text/plain; charset=utf-8"]
    private static let jsonHeaders: HTTPFields = ["Content-Type": "application/json"]

    /// A page, as `text/html; charset=utf-8`.
    public static func html(_ text: String, status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "text/html; charset=utf-8"], body: HTTPBody(text))
    }

    /// A value, encoded as JSON; members stand in the order of their names.
    ///
    /// - Throws: `EncodingError` when the value has no JSON form, such as a NaN.
    public static func json(_ value: some Encodable, status: HTTPStatus = .ok) throws -> HTTPResponse {
        json(bytes: try JSONCoding.body(value), status: status)
    }

    /// What a typed function's value becomes: JSON with 200, or 204 without a body for a value that is nothing, such as an
    /// optional without a value.
    static func answer(_ value: some Encodable) throws -> HTTPResponse {
        let response = try json(value)
        return response.body.bytes == Array("null".utf8) ? HTTPResponse(status: .noContent) : response
    }

    /// Bytes that are JSON already, handed out as they are.
    public static func json(bytes: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status: status, headers: jsonHeaders, body: HTTPBody(bytes))
    }

    /// A redirect with 302.
    public static func redirect(to location: String) -> HTTPResponse {
        HTTPResponse(status: .found, headers: ["Location": location])
    }
}
