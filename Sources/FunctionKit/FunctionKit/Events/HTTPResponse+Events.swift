extension HTTPResponse {
    /// How long an event stream stays silent before it sends a comment, unless told otherwise: 15 s, as the standard advises. Proxies
    /// end connections that are silent for a minute or so.
    public static let eventHeartbeat = Duration.seconds(15)

    /// A stream of events, which ends when `next` gives nil.
    ///
    /// An event is asked for while the one before is sent, and not before the client has taken what was sent. When the client has vanished, which the host notices at the
    /// latest with the second comment that it sends after it, `next` is cancelled.
    ///
    /// - Parameters:
    ///   - clock: measures the silence.
    ///   - heartbeat: after so much silence a comment is sent; nil or not positive for none.
    ///   - next: gives the next event, nil at the end; never asked twice at the same time. When it throws, the connection breaks off, and
    ///     the client connects again with ``HTTPRequest/lastEventID``.
    public static func events(
        clock: any AppClock,
        heartbeat: Duration? = HTTPResponse.eventHeartbeat,
        next: @escaping @Sendable () async throws -> ServerSentEvent?
    ) -> HTTPResponse {
        let feed = EventFeed(clock: clock, heartbeat: heartbeat, next: next)
        return HTTPResponse(
            headers: [
                "Content-Type": "text/event-stream",
                // An event is of no use twice; the second field keeps nginx from collecting them.
                "Cache-Control": "no-cache",
                "X-Accel-Buffering": "no",
            ],
            body: HTTPBody { try await feed.next() }
        )
    }

    /// A stream of the events of an asynchronous sequence, which is iterated once.
    public static func events<Events: AsyncSequence & Sendable>(
        _ events: Events,
        clock: any AppClock,
        heartbeat: Duration? = HTTPResponse.eventHeartbeat
    ) -> HTTPResponse where Events.Element == ServerSentEvent {
        let reader = SequenceReader(events)
        return self.events(clock: clock, heartbeat: heartbeat) { try await reader.next() }
    }
}

extension HTTPRequest {
    /// The id of the last event that a client got which connects to an event stream again; nil at its first time.
    public var lastEventID: String? { headers["Last-Event-ID"] }
}
