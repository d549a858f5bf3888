import FunctionKit

/// What the calls of a fuzzed connection answer, by number; each kind is one that a function could return.
enum FuzzAnswers {
    static let count = 16

    /// The answer of a kind to the call with an index, which it names in a field.
    static func response(_ kind: Int, call: Int) -> HTTPResponse {
        var response = base(kind, call: call)
        response.headers.append("X-Call", String(call))
        return response
    }

    private static func base(_ kind: Int, call: Int) -> HTTPResponse {
        let stream: HTTPBody.Source = { nil }
        return switch kind % count {
        case 1: HTTPResponse(status: 204)
        case 2: HTTPResponse(status: 304, body: HTTPBody("not sent"))
        case 3: HTTPResponse(body: HTTPBody([UInt8](repeating: 0x61, count: 20_000)))
        case 4: HTTPResponse(body: HTTPBody(source: stream))
        case 5: HTTPResponse(body: HTTPBody(length: 3, source: stream))
        case 6: HTTPResponse(headers: ["Content-Length": "77"], body: HTTPBody(length: 0, source: stream))
        case 7: HTTPResponse(headers: ["X": "a\r\nX-Call: 99"])
        case 8: HTTPResponse(status: 600)
        case 9:
            HTTPResponse(
                headers: ["Content-Length": "7", "Transfer-Encoding": "chunked", "Connection": "x", "X": "\u{E4}\t"],
                body: HTTPBody("own")
            )
        case 10: .text("not found", status: 404)
        case 11: HTTPResponse(body: HTTPBody(length: 20_000, source: stream))
        case 12: HTTPResponse(status: 205, body: HTTPBody("reset"))
        case 13: HTTPResponse(body: HTTPBody(length: -1, source: stream))
        case 14: HTTPResponse(headers: ["X\r\nX-Call: 99\r\n\r\n": ""])
        case 15: HTTPResponse(status: 204, body: HTTPBody(source: stream))
        default: .text("call \(call)")
        }
    }
}
