package import FunctionKit

/// What answers requests: the one seam between the server and the host above it.
package protocol HTTPResponder: Sendable {
    /// Answers one request.
    ///
    /// The call begins on the event loop's own thread, and goes on there after each suspension: as long as it holds the thread, no
    /// other connection of that loop is served. A responder that computes for long must first move elsewhere
    /// (`withTaskExecutorPreference`). When the client vanishes the task is cancelled; what is returned then is dropped.
    /// - Parameter call: where the responder says whose call it is, to be told how it goes.
    func respond(to request: HTTPRequest, in call: HTTPCall) async -> HTTPResponse
}

/// The host's side of a call: told by the event loop what only the loop can see.
package protocol HTTPCallOwner: AnyObject, Sendable {
    /// A step of the call has held the loop's thread for so long.
    func held(nanoseconds: Int64)
    /// The call has taken longer than ``HTTPServerConfiguration/callTime``: its client gets a 500 now, and its task is about to be
    /// cancelled.
    func ranOutOfTime(_ id: InvocationID)
    /// The server stops, and the call has ignored its cancellation: its client gets a 503 now, its task goes on for as long as the
    /// process does.
    func leftBehind(_ id: InvocationID)
}
