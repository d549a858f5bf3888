import FunctionKit

/// Where one line for each request goes.
package protocol AccessLog: Sendable {
    /// A name for a request that came without one.
    func makeRequestID() -> String
    /// Notes a request that has its answer, or whose client is gone. Called on an event loop: it must not wait.
    func log(_ entry: AccessEntry)
}

/// What became of one request, for an access log. The texts are the client's own: whoever writes them has to escape and to cut them.
package struct AccessEntry: Sendable {
    /// The header field that names a request, Azure's.
    package static let requestIDField = "X-ARR-LOG-ID"
    /// The status of a request whose client went away before its answer began, as nginx has it.
    package static let clientGone = 499

    /// The peer's address.
    package var remoteAddress = ""
    /// The method; empty when the header could not be read.
    package var method = ""
    /// The path without its query, where keys travel; empty when the header could not be read.
    package var path = ""
    /// The minor version of HTTP/1.
    package var minorVersion: UInt8 = 1
    /// The status of the answer.
    package var status = 0
    /// Bytes of the answer's body, without framing, that were written to the socket or wait for it.
    package var bodyBytes = 0
    /// From the complete header to the end of the answer; zero for a request that was refused before.
    package var duration = Duration.zero
    /// The request's name: its field ``requestIDField``, or one that was made for it.
    package var requestID = ""
    /// `User-Agent`; empty without one.
    package var userAgent = ""
    /// `Referer` as it came, with its query; empty without one.
    package var referrer = ""
    /// Whether the answer was complete.
    package var isComplete = true

    /// Makes an entry that says nothing.
    package init() {}
}

/// The entry of a request in progress. It belongs to one connection and is used on its loop's thread only.
final class AccessDraft {
    var entry = AccessEntry()
    /// When the header was complete, in nanoseconds of ``SystemTime/nanoseconds``; nil before.
    var start: Int64?

    init() {}

    init(_ head: RequestHead) {
        entry.method = head.request.method.rawValue
        entry.path = head.request.path
        entry.minorVersion = head.minorVersion
        entry.userAgent = head.request.headers["User-Agent"] ?? ""
        entry.referrer = head.request.headers["Referer"] ?? ""
        entry.requestID = head.request.headers[AccessEntry.requestIDField] ?? ""
    }
}
