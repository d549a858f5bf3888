/// What an ``HTTPRequest`` consists of.
///
/// `@unchecked Sendable`: a box is changed by ``HTTPRequest/ownParts()``'s callers alone, while one request refers to it; so nobody else
/// can read it meanwhile, and the checks of overlapping accesses would find nothing.
@usableFromInline
final class HTTPRequestParts: @unchecked Sendable {
    @usableFromInline @exclusivity(unchecked) var method: HTTPMethod
    @usableFromInline @exclusivity(unchecked) var path: String
    @usableFromInline @exclusivity(unchecked) var query: String?
    @usableFromInline @exclusivity(unchecked) var headers: HTTPFields
    @usableFromInline @exclusivity(unchecked) var body: HTTPBody
    @usableFromInline @exclusivity(unchecked) var routeValues: [String: String]
    @usableFromInline @exclusivity(unchecked) var remoteAddress: String
    @usableFromInline @exclusivity(unchecked) var scheme: HTTPScheme
    @usableFromInline @exclusivity(unchecked) var forwardedHost: String?
    @usableFromInline @exclusivity(unchecked) var access: AccessLevel

    init(
        method: HTTPMethod,
        path: String,
        query: String?,
        headers: HTTPFields,
        body: HTTPBody,
        routeValues: [String: String],
        remoteAddress: String,
        scheme: HTTPScheme,
        forwardedHost: String?,
        access: AccessLevel
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.routeValues = routeValues
        self.remoteAddress = remoteAddress
        self.scheme = scheme
        self.forwardedHost = forwardedHost
        self.access = access
    }

    func copy() -> HTTPRequestParts {
        HTTPRequestParts(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body,
            routeValues: routeValues,
            remoteAddress: remoteAddress,
            scheme: scheme,
            forwardedHost: forwardedHost,
            access: access
        )
    }
}
