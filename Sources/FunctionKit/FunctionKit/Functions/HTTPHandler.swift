/// An answer to HTTP requests as a closure, for tests and for functions that are put together from parts.
///
/// ```swift
/// let hello = HTTPHandler { request, context in .text("hello, \(request.queryValue("name") ?? "world")") }
/// ```
///
/// A library's entry point is a type that the host makes, so a folder's function is an ``HTTPFunction``; it may hand its
/// requests to handlers that its `init(app:)` made.
public struct HTTPHandler: HTTPHandling {
    private let handle: @Sendable (HTTPRequest, InvocationContext) async throws -> HTTPResponse

    /// Makes a handler of a closure.
    public init(_ handle: @escaping @Sendable (HTTPRequest, InvocationContext) async throws -> HTTPResponse) {
        self.handle = handle
    }

    /// Makes a handler of a closure over `Codable` values, as a ``JSONFunction`` is one of a type.
    public static func json<Input: Decodable & Sendable, Output: Encodable & Sendable>(
        _ handle: @escaping @Sendable (Input, InvocationContext) async throws -> Output
    ) -> HTTPHandler {
        HTTPHandler { request, context in
            try HTTPResponse.answer(try await handle(try await request.decode(Input.self), context))
        }
    }

    /// Calls the closure.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await handle(request, context)
    }
}
