/// Where the server listens and every bound it keeps. Each bound says what a client gets that exceeds it.
package struct HTTPServerConfiguration: Sendable, Equatable {
    /// The numeric IPv4 or IPv6 address to listen on.
    package var address = "127.0.0.1"
    /// The TCP port to listen on; 0 lets the system choose (see ``HTTPServer/port``).
    package var port = 7071
    /// The number of event loops, each with a thread of its own; nil for one per processor.
    package var loopCount: Int?
    /// Connections that the system holds until the server accepts them (`listen(2)`); more are refused by the system.
    package var acceptBacklog = 1024

    /// How many events a loop must find at once to send the answers together at the end of its turn (see ``SendBatch``); fewer are
    /// answered one by one, so that none waits for another.
    package var gatheredAnswersMin = 2

    /// Open connections in all; one more is answered 503 and closed.
    package var connectionsMax = 20_000
    /// Open connections of one IPv4 address, or of one /64 of IPv6; one more is answered 503 and closed. Three quarters of what
    /// there is, so that one address leaves room for others, and the proxy in front, whose address everybody has, is not in the
    /// way.
    package var connectionsPerAddressMax = 15_000
    /// Bytes of the request line with its line end; a longer one is answered 414.
    package var requestLineBytesMax = 8_192
    /// Bytes of all header field lines with their line ends, and of the trailers after a chunked body; more are answered 431.
    package var headerBytesMax = 32_768
    /// Header field lines of one request; more are answered 431.
    package var headerCountMax = 100
    /// Bytes of a request body, 100 MB as on Azure; a larger one is answered 413.
    package var bodyBytesMax = 104_857_600
    /// Bytes of a request body that are gathered in memory before the responder is called; a larger body is handed over
    /// as a stream while it arrives.
    package var bodyInMemoryBytesMax = 262_144
    /// Bytes of a streamed request body that wait for their reader; then the socket is not read until the reader has caught
    /// up.
    package var bodyReadAheadBytesMax = 262_144
    /// Bytes of the size line of one chunk, extensions included; a longer one is answered 400.
    package var chunkLineBytesMax = 256
    /// Bytes that are read while an earlier request is being answered (pipelining); then the socket is not read until the
    /// answer is out.
    package var readAheadBytesMax = 65_536
    /// Requests that one connection has sent at once (pipelining) and that are called in a row; then the other connections of
    /// its loop get their turn.
    package var pipelinedRequestsMax = 32
    /// Bytes of a request body that a responder left unread and that are read and thrown away to keep the connection; when
    /// more are missing the connection is closed after the response.
    package var unreadBodyBytesMax = 262_144
    /// Bytes of the header field lines that a responder returns; with more, its response is replaced by a 500.
    package var responseHeaderBytesMax = 65_536

    /// From the first byte of a request (or the start of the connection) to the end of its header; then 408.
    package var headerTime: Duration = .seconds(10)
    /// Between requests on one connection; then it is closed without a word, as RFC 9112 (section 9.5) allows.
    package var idleTime: Duration = .seconds(75)
    /// How long a body may take in any case, before ``bodyBytesPerSecondMin`` counts.
    package var bodyGraceTime: Duration = .seconds(10)
    /// The slowest a body may arrive, on average; a slower one is answered 408.
    package var bodyBytesPerSecondMin = 240
    /// From the call of the responder to its response; then the call is cancelled, answered 500, and the connection closed.
    /// Nil for no limit. The body of a streamed response may take longer.
    package var callTime: Duration?
    /// How long a client may take none of the bytes of a response; then the connection is closed and the call cancelled.
    package var writeStallTime: Duration = .seconds(30)
    /// The slowest a client may take a response, on average, once the socket has taken no more for ``writeStallTime``; then the
    /// connection is closed and the call cancelled. What counts is what the client's system has confirmed.
    package var responseBytesPerSecondMin = 240
    /// Bytes of a streamed response body; a longer one is cut off and the connection closed, so that the client can tell. Nil
    /// for no limit: a stream of events has no end.
    package var streamedResponseBytesMax: Int?
    /// How long a refused client is listened to after its answer, so that the answer is not lost to a reset.
    package var lingerTime: Duration = .seconds(2)

    /// Whose word on where a request comes from counts.
    package var trustedProxies = TrustedProxies.none

    /// Makes a configuration with the defaults.
    package init() {}
}
