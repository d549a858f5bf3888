/// Outbound HTTP as a capability: the host passes one on libcurl, a test one that answers from a script.
public protocol HTTPClient: Sendable {
    /// Sends one request and returns as soon as the response's headers are there; the body is streamed.
    ///
    /// Redirects are not followed, cookies are not kept, and no retry is made. Cancelling the task ends the exchange.
    func send(_ request: OutboundRequest) async throws(HTTPClientError) -> OutboundResponse
}

/// An HTTP client that a host makes itself, and ends when it stops.
public protocol HTTPClientEngine: HTTPClient {
    /// Makes a client with its default bounds; nothing is opened before the first request.
    init()

    /// Ends every exchange with ``HTTPClientError/Code/closed``; later requests are refused with the same code.
    func close() async
}

/// A request to another server.
public struct OutboundRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// The absolute `http` or `https` URL, already percent-encoded.
    public var url: String
    /// The header fields; values with control characters are refused as ``HTTPClientError/Code/invalidRequest``.
    public var headers: HTTPFields
    /// The body.
    public var body: HTTPBody
    /// How long to wait for the first byte of the response, connecting included.
    public var firstByteTimeout: Duration
    /// How long the whole exchange may take.
    public var totalTimeout: Duration
    /// The most bytes of body to accept; a longer one ends with ``HTTPClientError/Code/tooLarge``.
    public var responseBytesMax: Int
    /// Signs the request with AWS Signature Version 4; nil for none.
    public var awsSignature: AWSSignature?

    /// Makes a request.
    public init(
        method: HTTPMethod = .get,
        url: String,
        headers: HTTPFields = [:],
        body: HTTPBody = .empty,
        firstByteTimeout: Duration = .seconds(10),
        totalTimeout: Duration = .seconds(60),
        responseBytesMax: Int = 32 << 20,
        awsSignature: AWSSignature? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.firstByteTimeout = firstByteTimeout
        self.totalTimeout = totalTimeout
        self.responseBytesMax = responseBytesMax
        self.awsSignature = awsSignature
    }
}

/// What AWS Signature Version 4 needs.
public struct AWSSignature: Sendable {
    /// The signing name of the service: `ses`.
    public var service: String
    /// The region: `eu-west-1`.
    public var region: String
    /// The access key id.
    public var accessKeyID: String
    /// The secret access key.
    public var secretAccessKey: String
    /// The token of temporary credentials; nil for permanent ones.
    public var sessionToken: String?

    /// Makes a signature request.
    public init(
        service: String,
        region: String,
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil
    ) {
        self.service = service
        self.region = region
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

/// A response from another server.
public struct OutboundResponse: Sendable {
    /// The status.
    public var status: HTTPStatus
    /// The header fields.
    public var headers: HTTPFields
    /// The body, streamed; reading it throws ``HTTPClientError`` when it cannot be completed.
    public var body: HTTPBody

    /// Makes a response.
    public init(status: HTTPStatus, headers: HTTPFields = [:], body: HTTPBody = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why an exchange with another server failed.
public struct HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, as a program distinguishes it.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case invalidRequest, unreachable, timedOut, tooLarge, interrupted, cancelled, closed
        }
        private let value: Value
        /// The code's name.
        public var description: String { value.rawValue }

        /// The URL or a header field is malformed; nothing was sent.
        public static let invalidRequest = Code(value: .invalidRequest)
        /// The name does not resolve, the connection is refused, or TLS failed; nothing was sent.
        public static let unreachable = Code(value: .unreachable)
        /// A timeout of the request passed.
        public static let timedOut = Code(value: .timedOut)
        /// The response's body exceeds the request's bound.
        public static let tooLarge = Code(value: .tooLarge)
        /// The connection broke, or the response is not HTTP; the request may have been acted on.
        public static let interrupted = Code(value: .interrupted)
        /// The task was cancelled.
        public static let cancelled = Code(value: .cancelled)
        /// The client is shut down, or a bound on waiting requests is reached.
        public static let closed = Code(value: .closed)
    }

    /// What went wrong.
    public let code: Code
    /// The sentence for the log: scheme, host and port of the URL and the reason, never its query or a header value.
    public let description: String

    /// Makes an error.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
