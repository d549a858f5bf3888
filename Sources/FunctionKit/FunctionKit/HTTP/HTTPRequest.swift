/// A request as a function receives it.
///
/// Its parts are in one box that copies share until one of them changes: a request goes through many hands, and each would keep count
/// of ten references otherwise.
public struct HTTPRequest: Sendable {
    @usableFromInline var box: HTTPRequestBox
    /// What the request's key opens, whichever level the function asks for.
    ///
    /// Beside the box, because every request gets it after others know the request: it would cost each a copy of its parts.
    public var access: AccessLevel

    /// Makes a request.
    public init(
        method: HTTPMethod = .get,
        path: String,
        query: String? = nil,
        headers: HTTPFields = [:],
        body: HTTPBody = .empty,
        routeValues: [String: String] = [:],
        remoteAddress: String = "127.0.0.1",
        scheme: HTTPScheme = .http,
        forwardedHost: String? = nil,
        access: AccessLevel = .anonymous
    ) {
        let parts = HTTPRequestParts(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            routeValues: routeValues,
            remoteAddress: remoteAddress,
            scheme: scheme,
            forwardedHost: forwardedHost
        )
        box = HTTPRequestBox(parts)
        self.access = access
    }

    /// The box, which no other request shares any more.
    @usableFromInline
    mutating func ownBox() -> HTTPRequestBox {
        if !isKnownUniquelyReferenced(&box) { box = HTTPRequestBox(box.parts) }
        return box
    }

    /// The method.
    @inlinable public var method: HTTPMethod {
        get { box.parts.method }
        _modify { yield &ownBox().parts.method }
    }

    /// The path as it was sent, still percent-encoded: `/api/portal/tickets`.
    @inlinable public var path: String {
        get { box.parts.path }
        _modify { yield &ownBox().parts.path }
    }

    /// What follows the `?`, still percent-encoded; nil without one.
    @inlinable public var query: String? {
        get { box.parts.query }
        _modify { yield &ownBox().parts.query }
    }

    /// The header fields.
    @inlinable public var headers: HTTPFields {
        get { box.parts.headers }
        _modify { yield &ownBox().parts.headers }
    }

    /// The body; in memory up to the server's threshold, streamed above it.
    @inlinable public var body: HTTPBody {
        get { box.parts.body }
        _modify { yield &ownBox().parts.body }
    }

    /// The values of the route's parameters, percent-decoded once; an optional parameter that is absent has none.
    @inlinable public var routeValues: [String: String] {
        get { box.parts.routeValues }
        _modify { yield &ownBox().parts.routeValues }
    }

    /// The address of the peer, without its port: `127.0.0.1`, `::1`.
    @inlinable public var remoteAddress: String {
        get { box.parts.remoteAddress }
        _modify { yield &ownBox().parts.remoteAddress }
    }

    /// How the caller's request came: by TLS or in the clear. What a proxy says of it counts only where the host trusts the proxy.
    @inlinable public var scheme: HTTPScheme {
        get { box.parts.scheme }
        _modify { yield &ownBox().parts.scheme }
    }

    /// The host and port that a trusted proxy says the caller has asked for; nil when there is no such word, and `Host` counts.
    @inlinable public var forwardedHost: String? {
        get { box.parts.forwardedHost }
        _modify { yield &ownBox().parts.forwardedHost }
    }

    /// Whether the caller's request came by TLS.
    public var isSecure: Bool { scheme == .https }

    /// The host and port that the caller has asked for; nil when it names none. A caller can write anything here.
    public var host: String? { forwardedHost ?? headers["Host"] }

    /// The decoded value of the first query parameter of this name; nil when it is absent.
    public func queryValue(_ name: String) -> String? {
        guard let query else { return nil }
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = parts.first, formDecoded(key) == name else { continue }
            return parts.count > 1 ? formDecoded(parts[1]) : ""
        }
        return nil
    }

    /// The value of a cookie (RFC 6265) as it was sent, quotes included; the first one when the name is repeated.
    public func cookie(_ name: String) -> String? {
        for index in headers.indices where equalsIgnoringASCIICase(headers[index].name, "Cookie") {
            if let value = Self.cookie(name, in: headers[index].value.utf8.span) { return value }
        }
        return nil
    }

    private static func cookie(_ name: String, in field: Span<UInt8>) -> String? {
        var rest = 0..<field.count
        while !rest.isEmpty {
            let pair = rest.lowerBound..<(field.firstIndex(of: UInt8(ascii: ";"), in: rest) ?? rest.upperBound)
            rest = min(pair.upperBound + 1, rest.upperBound)..<rest.upperBound
            let trimmed = field.withoutOuterBlanks(pair)
            guard let equals = field.firstIndex(of: UInt8(ascii: "="), in: trimmed),
                field.equals(trimmed.lowerBound..<equals, name)
            else { continue }
            return field.text(equals + 1..<trimmed.upperBound)
        }
        return nil
    }

    /// Reads the body as JSON.
    ///
    /// - Throws: ``HTTPError``: 400 when the body is not JSON or a field is missing or of another type (the message names
    ///   the field), 413 when it is larger than `limit` bytes.
    public func decode<Value: Decodable>(
        _ type: Value.Type,
        limit: Int = HTTPBody.collectBytesMax
    ) async throws -> Value {
        let bytes = try await body.collect(upTo: limit)
        do {
            return try JSONCoding.decode(type, from: bytes)
        } catch let error as DecodingError {
            throw HTTPError.undecodableBody(bytes, error)
        }
    }
}

/// Decodes `application/x-www-form-urlencoded` text: `+` is a space, `%41` is `A`. Broken escapes stay as they are.
func formDecoded(_ bytes: some Sequence<UInt8>) -> String {
    percentDecoded(bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
}
