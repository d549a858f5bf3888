/// What an ``HTTPRequest`` consists of.
@usableFromInline
struct HTTPRequestParts: Sendable {
    @usableFromInline var method: HTTPMethod
    @usableFromInline var path: String
    @usableFromInline var query: String?
    @usableFromInline var headers: HTTPFields
    @usableFromInline var body: HTTPBody
    @usableFromInline var routeValues: [String: String]
    @usableFromInline var remoteAddress: String
    @usableFromInline var scheme: HTTPScheme
    @usableFromInline var forwardedHost: String?
}

/// The parts of a request that its copies share.
///
/// `@unchecked Sendable`: a box is changed by the callers of ``HTTPRequest/ownBox()`` alone, while one request refers to it; so nobody else
/// can read it meanwhile, and the checks of overlapping accesses would find nothing.
@usableFromInline
final class HTTPRequestBox: @unchecked Sendable {
    @usableFromInline @exclusivity(unchecked) var parts: HTTPRequestParts

    init(_ parts: HTTPRequestParts) { self.parts = parts }
}
