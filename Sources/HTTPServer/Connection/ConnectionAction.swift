import FunctionKit

/// What a connection's owner has to do next, in this order.
enum ConnectionAction {
    /// Send what is in the output buffer, then wait for the next event.
    case wait
    /// Call the responder.
    case respond(HTTPRequest)
    /// Call the responder with a body that is delivered bit by bit; `length` is nil when it is not known.
    case respondStreaming(HTTPRequest, length: Int?)
    /// Hand a part of the streamed request body to its reader.
    case deliver([UInt8])
    /// The streamed request body is complete.
    case endBody
    /// The streamed request body cannot be completed.
    case failBody(RequestRefusal)
    /// Nobody needs the rest of the streamed request body.
    case dropBody
    /// Everything is sent: ask the response body for its next chunk.
    case pull
    /// The running call has taken longer than it may.
    case runOutOfTime
    /// The server stops, and the running call has not answered in the time it had after its cancellation.
    case leaveBehind
    /// The answer of the running call is not wanted any more, and the connection is about to end.
    case cancel
    /// Tell the peer that nothing more will be sent, and keep reading.
    case linger
    /// A request has come to its end: note it in the access log.
    case log(AccessDraft)
    /// Close the socket.
    case close
}
