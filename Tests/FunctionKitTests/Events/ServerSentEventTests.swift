import FunctionKit
import Testing

/// Events as they stand in a stream.
struct ServerSentEventTests {
    @Test(
        arguments: [
            ("hi", nil, nil, nil, nil, "data: hi\n\n"), ("", nil, nil, nil, nil, "data: \n\n"),
            (nil, nil, nil, nil, nil, "\n"),
            ("a\nb", nil, nil, nil, nil, "data: a\ndata: b\n\n"),
            ("a\r\nb\rc\n", nil, nil, nil, nil, "data: a\ndata: b\ndata: c\ndata: \n\n"),
            ("\n\r", nil, nil, nil, nil, "data: \ndata: \ndata: \n\n"), (" a", nil, nil, nil, nil, "data:  a\n\n"),
            ("data: x\n\nevent: y", nil, nil, nil, nil, "data: data: x\ndata: \ndata: event: y\n\n"),
            ("ü", "grüße", "é-1", nil, nil, "event: grüße\nid: é-1\ndata: ü\n\n"), (nil, nil, "", nil, nil, "id: \n\n"),
            ("x", "", nil, nil, nil, "event: \ndata: x\n\n"), (nil, nil, nil, 1500, nil, "retry: 1500\n\n"),
            ("x", "e", "i", 0, "hello\nthere", ": hello\n: there\nevent: e\nid: i\nretry: 0\ndata: x\n\n"),
            (nil, nil, nil, nil, "", ": \n\n"),
        ] as [(String?, String?, String?, Int?, String?, String)]
    )
    func isWritten(data: String?, event: String?, id: String?, retry: Int?, comment: String?, expected: String) throws {
        let retry = retry.map { Duration.milliseconds($0) }
        let made = try ServerSentEvent(data: data, event: event, id: id, retry: retry, comment: comment)
        #expect(String(decoding: made.bytes, as: UTF8.self) == expected)
    }

    @Test(
        arguments: [
            (
                "a\nb", nil, nil,
                "The 'event' of a server-sent event has a line break, which would begin another field. Leave it out."
            ),
            (
                "a\r", nil, nil,
                "The 'event' of a server-sent event has a line break, which would begin another field. Leave it out."
            ),
            (
                nil, "1\n", nil,
                "The 'id' of a server-sent event has a line break, which would begin another field. Leave it out."
            ),
            (
                nil, "1\r\ndata: x", nil,
                "The 'id' of a server-sent event has a line break, which would begin another field. Leave it out."
            ),
            (
                nil, "1\0", nil,
                "The 'id' of a server-sent event has a NUL character, which makes clients ignore it. Leave it out."
            ),
            (nil, nil, -1, "The 'retry' of a server-sent event is negative. Give the time to wait, or none."),
        ] as [(String?, String?, Int?, String)]
    )
    func isRefused(event: String?, id: String?, retry: Int?, words: String) {
        let retry = retry.map { Duration.milliseconds($0) }
        #expect {
            try ServerSentEvent(data: "x", event: event, id: id, retry: retry)
        } throws: {
            "\($0)" == words
        }
    }

    @Test func carriesJSON() throws {
        let event = try ServerSentEvent.json(["a": "x\ny/z"], event: "change", id: "7")
        #expect(String(decoding: event.bytes, as: UTF8.self) == "event: change\nid: 7\ndata: {\"a\":\"x\\ny/z\"}\n\n")
        #expect(throws: (any Error).self) { try ServerSentEvent.json(Double.nan) }
    }

    @Test func knowsTheLastID() {
        #expect(HTTPRequest(path: "/").lastEventID == nil)
        #expect(HTTPRequest(path: "/", headers: ["last-event-id": "é-1"]).lastEventID == "é-1")
    }
}
