package import FunctionKit

/// What answers requests: the one seam between the server and the host above it.
package protocol HTTPResponder: Sendable {
    /// Answers one request.
    ///
    /// The call begins on the event loop's own thread: as long as it does not suspend, no other connection of that loop
    /// is served. A responder that computes for long must first move elsewhere. When the client vanishes the task is
    /// cancelled; what is returned then is dropped.
    func respond(to request: HTTPRequest) async -> HTTPResponse
}
