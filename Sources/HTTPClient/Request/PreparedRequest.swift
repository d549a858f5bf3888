import FunctionKit

/// A request that has been checked and is ready for libcurl.
struct PreparedRequest: Sendable {
    /// The body in the form that it is sent.
    enum Content: Sendable {
        case none
        case bytes([UInt8])
        case stream(length: Int?, HTTPBody.Source)

        var isThere: Bool { if case .none = self { false } else { true } }
    }

    let method: HTTPMethod
    let url: String
    let origin: Origin
    let headers: HeaderLines
    let content: Content
    /// Whether there is a body, and be it an empty one: a server may insist on its length for some methods (RFC 9110, section 8.6).
    let sendsContent: Bool
    let signature: AWSSignature?
    let responseBytesMax: Int
    let firstByteDeadline: ContinuousClock.Instant
    let totalDeadline: ContinuousClock.Instant

    /// Longer timeouts are taken for this one, so that no sum overflows: a year.
    private static let timeoutMax: Duration = .seconds(365 * 86_400)

    /// Checks a request. The timeouts begin to run here, so that waiting for a turn counts.
    ///
    /// - Throws: ``HTTPClientError`` with `invalidRequest`.
    init(_ request: OutboundRequest, limits: HTTPClientLimits) async throws(HTTPClientError) {
        let start = ContinuousClock.now
        origin = try Origin(url: request.url)
        guard HeaderLines.isToken(request.method.rawValue) else {
            throw HTTPClientError(.invalidRequest, "The request to \(origin) is refused: its method is not a token.")
        }
        var headers = try HeaderLines(request.headers, origin: origin)
        if request.headers["User-Agent"] == nil { headers.add("User-Agent", "postern") }
        if let signature = request.awsSignature { try headers.add(signature, origin: origin) }
        content = try await Self.content(of: request, origin: origin, limits: limits)
        method = request.method
        sendsContent = content.isThere || method == .post || method == .put || method == .patch
        if sendsContent {
            // libcurl would wait a second for leave to send a body over 1 MiB.
            headers.suppress("Expect")
            // And it takes any body for a form unless it is told otherwise.
            if request.headers["Content-Type"] == nil { headers.suppress("Content-Type") }
        }
        url = request.url
        self.headers = headers
        signature = request.awsSignature
        responseBytesMax = max(0, request.responseBytesMax)
        let totalTimeout = min(request.totalTimeout, Self.timeoutMax)
        firstByteDeadline = start.advanced(by: min(request.firstByteTimeout, totalTimeout))
        totalDeadline = start.advanced(by: totalTimeout)
    }

    private static func content(
        of request: OutboundRequest,
        origin: Origin,
        limits: HTTPClientLimits
    ) async throws(HTTPClientError) -> Content {
        if let bytes = request.body.bytes { return bytes.isEmpty ? .none : .bytes(bytes) }
        guard request.awsSignature != nil else {
            return .stream(length: request.body.length, request.body.makeSource())
        }
        // A signature covers the digest of the body, so the body must be whole before the first byte is sent.
        do {
            return .bytes(try await request.body.collect(upTo: limits.signedBodyBytesMax))
        } catch is HTTPError {
            throw HTTPClientError(
                .invalidRequest,
                "The signed request to \(origin) is refused: its body is larger than \(limits.signedBodyBytesMax) bytes."
            )
        } catch {
            throw HTTPClientError(.interrupted, "The body of the request to \(origin) could not be read.")
        }
    }
}

extension HeaderLines {
    /// Adds what a signature needs beside libcurl's own work, and checks what goes into the signature's scope.
    fileprivate mutating func add(_ signature: AWSSignature, origin: Origin) throws(HTTPClientError) {
        let scope = [signature.service, signature.region]
        guard scope.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isScopeByte) }) else {
            throw HTTPClientError(
                .invalidRequest,
                "The request to \(origin) is refused: the service or region to sign for is malformed."
            )
        }
        let secrets = [signature.accessKeyID, signature.secretAccessKey, signature.sessionToken ?? "-"]
        guard secrets.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw HTTPClientError(
                .invalidRequest,
                "The request to \(origin) is refused: the credentials to sign with are empty or malformed."
            )
        }
        if let token = signature.sessionToken { add("X-Amz-Security-Token", token) }
    }

    private static func isScopeByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }
}
