/// One event of a `text/event-stream` (WHATWG HTML, section 9.2, "Server-sent events").
public struct ServerSentEvent: Sendable, Hashable {
    /// The text that a listener gets; nil for an event that no listener sees, as one that only sets the id.
    public let data: String?
    /// The kind of event, for which a client listens; nil for `message`.
    public let event: String?
    /// What a client that connects again sends as `Last-Event-ID`; nil leaves the id of the event before in force, an empty one takes it
    /// away.
    public let id: String?
    /// How long a client waits before it connects again, in whole milliseconds; nil leaves it.
    public let retry: Duration?
    /// Words that clients pass over, for a person who looks at the stream.
    public let comment: String?

    /// Makes an event.
    ///
    /// Line breaks of every kind (CRLF, LF, CR) in the data and the comment are kept as line ends, which a client reads as LF.
    ///
    /// - Throws: ``ServerSentEventError`` for a line break in `event` or `id`, which would begin another field, for a NUL in `id`, which a
    ///   client ignores, and for a negative `retry`.
    public init(
        data: String? = nil,
        event: String? = nil,
        id: String? = nil,
        retry: Duration? = nil,
        comment: String? = nil
    ) throws(ServerSentEventError) {
        if let event, event.utf8.contains(where: isLineBreak) { throw .lineBreak(in: "event") }
        if let id, id.utf8.contains(where: isLineBreak) { throw .lineBreak(in: "id") }
        if let id, id.utf8.contains(0) { throw .nul }
        if let retry, retry < .zero { throw .negativeRetry }
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
        self.comment = comment
    }

    /// Makes an event whose data is a value as JSON, which has no line breaks.
    ///
    /// - Throws: ``ServerSentEventError``, or `EncodingError` when the value has no JSON form.
    public static func json(
        _ value: some Encodable,
        event: String? = nil,
        id: String? = nil
    ) throws -> ServerSentEvent {
        try ServerSentEvent(data: try JSONCoding.text(value), event: event, id: id)
    }

    /// The event as it stands in the stream, with the empty line that ends it.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        if let comment { for line in lines(of: comment) { Self.append("", line, to: &bytes) } }
        if let event { Self.append("event", event.utf8, to: &bytes) }
        if let id { Self.append("id", id.utf8, to: &bytes) }
        if let retry { Self.append("retry", String(retry.wholeMilliseconds).utf8, to: &bytes) }
        if let data { for line in lines(of: data) { Self.append("data", line, to: &bytes) } }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private static func append(_ field: StaticString, _ value: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        field.withUTF8Buffer { bytes.append(contentsOf: $0) }
        // One blank is taken off by the client, so that a text's own first one stays.
        bytes.append(contentsOf: [UInt8(ascii: ":"), UInt8(ascii: " ")])
        bytes.append(contentsOf: value)
        bytes.append(UInt8(ascii: "\n"))
    }
}

/// Why something cannot be an event.
public struct ServerSentEventError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The field, the reason and what to do.
    public let description: String

    static func lineBreak(in field: String) -> ServerSentEventError {
        ServerSentEventError(
            description:
                "The '\(field)' of a server-sent event has a line break, which would begin another field. Leave it out."
        )
    }

    static let nul = ServerSentEventError(
        description: "The 'id' of a server-sent event has a NUL character, which makes clients ignore it. Leave it out."
    )

    static let negativeRetry = ServerSentEventError(
        description: "The 'retry' of a server-sent event is negative. Give the time to wait, or none."
    )
}

private func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

/// The lines of a text, by any line break; one empty line for an empty text.
private func lines(of text: String) -> [Substring.UTF8View] {
    var lines: [Substring.UTF8View] = []
    var rest = text.utf8[...]
    while let end = rest.firstIndex(where: isLineBreak) {
        lines.append(rest[..<end])
        let isPair = rest[end] == 0x0D && rest[rest.index(after: end)...].first == 0x0A
        rest = rest[rest.index(end, offsetBy: isPair ? 2 : 1)...]
    }
    return lines + [rest]
}
