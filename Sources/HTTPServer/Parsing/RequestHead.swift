import FunctionKit

/// How the bytes behind a request's header are delimited (RFC 9112, section 6).
enum RequestFraming: Equatable, Sendable {
    case none
    case length(Int)
    case chunked
}

/// What a request's header says, checked.
struct RequestHead: Sendable {
    /// What the header alone tells of the request. It is made here, once, so that its parts are not counted from hand to hand.
    var request: HTTPRequest
    /// The minor version: HTTP/1.0 or HTTP/1.1.
    var minorVersion: UInt8
    var framing: RequestFraming
    /// Whether the client lets the connection live on.
    var keepsAlive: Bool
    var expectsContinue: Bool
}
