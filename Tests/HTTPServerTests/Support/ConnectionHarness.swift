import FunctionKit

@testable import HTTPServer

/// Plays the owner of a connection's state machine without a socket: answers requests, keeps what is sent.
struct ConnectionHarness {
    /// Answers a request; the body is the streamed one, when it was streamed.
    typealias Answer = (HTTPRequest) -> HTTPResponse?

    private(set) var state: ConnectionState
    private(set) var sent: [UInt8] = []
    private(set) var requests: [HTTPRequest] = []
    private(set) var streamed: [UInt8] = []
    private(set) var events: [String] = []
    /// What the log would say of responses that could not be sent.
    private(set) var defects: [String] = []
    private(set) var logged: [AccessEntry] = []
    private(set) var isClosed = false
    private(set) var isLingering = false
    private(set) var pullCount = 0
    /// How often the owner was told that a call ran out of time.
    private(set) var timeoutCount = 0
    /// Nil keeps the request unanswered until ``respond(_:)``.
    var answer: Answer
    /// Whether the socket takes what is sent.
    var isSocketBlocked = false
    /// How many bytes the peer's system has confirmed.
    var taken = 0
    private var blocked: [UInt8] = []
    var now: Int64 = 0

    init(
        _ configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        logsAccess: Bool = false,
        answer: @escaping Answer = { _ in .text("hello") }
    ) {
        state = ConnectionState(
            limits: ConnectionLimits(configuration, logsAccess: logsAccess),
            remoteAddress: "192.0.2.7",
            now: 0
        )
        self.answer = answer
    }

    var text: String { String(decoding: sent, as: UTF8.self) }

    /// The status codes of everything sent, in order; for answers whose bodies hold no status line.
    var statuses: [Int] {
        text.components(of: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    mutating func receive(_ text: String) { receive(Array(text.utf8)) }

    mutating func receive(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        state.receive(bytes.span, now: now)
        perform()
    }

    /// A part of a streamed body that was read by itself.
    mutating func receiveBody(_ text: String) {
        state.receiveBody(Array(text.utf8), now: now)
        perform()
    }

    mutating func receiveEnd() {
        guard !isClosed else { return }
        state.receiveEnd(now: now)
        perform()
    }

    mutating func respond(_ response: HTTPResponse) {
        var output = OutputBuffer()
        note(state.respond(response, date: Self.date, output: &output, now: now))
        perform(&output)
    }

    mutating func sendChunk(_ text: String) {
        var output = OutputBuffer()
        state.sendChunk(Array(text.utf8), output: &output, now: now)
        perform(&output)
    }

    mutating func sendChunk(_ bytes: [UInt8]) {
        var output = OutputBuffer()
        state.sendChunk(bytes, output: &output, now: now)
        perform(&output)
    }

    mutating func sendEnd() {
        var output = OutputBuffer()
        state.sendEnd(output: &output, now: now)
        perform(&output)
    }

    mutating func sendFailed() {
        state.sendFailed(now: now)
        perform()
    }

    mutating func pauseBody() { state.pauseBody() }

    mutating func resumeBody() {
        state.resumeBody(now: now)
        perform()
    }

    mutating func drain() {
        state.drain(now: now)
        perform()
    }

    /// Lets time pass to a moment in milliseconds.
    mutating func advance(to moment: Int64) {
        now = moment
        if state.deadline <= now { state.expire(now: now, taken: taken) }
        perform()
    }

    /// The socket takes what it had refused.
    mutating func unblock() {
        isSocketBlocked = false
        sent += blocked
        blocked = []
        state.outputSent(now: now)
        perform()
    }

    static let date = Array("Date: Fri, 20 Nov 2026 12:00:00 GMT\r\n".utf8)

    private mutating func note(_ acceptance: ConnectionState.Acceptance) {
        switch acceptance {
        case .complete: break
        case .replaced(let defect): defects.append(defect.description)
        default: events.append("\(acceptance)")
        }
    }

    private mutating func perform() {
        var output = OutputBuffer()
        perform(&output)
    }

    private mutating func perform(_ output: inout OutputBuffer) {
        while !isClosed {
            switch state.next(&output, date: Self.date) {
            case .wait:
                if output.isEmpty { return }
                flush(&output)
            case .respond(let request), .respondStreaming(let request, _):
                requests.append(request)
                if let response = answer(request) {
                    note(state.respond(response, date: Self.date, output: &output, now: now))
                }
            case .deliver(let bytes): streamed += bytes
            case .endBody: events.append("endBody")
            case .failBody(let refusal): events.append("failBody \(refusal.status.rawValue)")
            case .dropBody: events.append("dropBody")
            case .pull: pullCount += 1
            case .runOutOfTime, .leaveBehind: timeoutCount += 1
            case .cancel: events.append("cancel")
            case .linger:
                isLingering = true
                state.lingers(now: now)
            case .log(let draft): logged.append(draft.entry)
            case .close:
                isClosed = true
                if let draft = state.takeBrokenAccess() { logged.append(draft.entry) }
            }
        }
    }

    private mutating func flush(_ output: inout OutputBuffer) {
        var bytes = output.withParts { Array($0) + Array($1) }
        if let region = output.file {
            bytes += (try? region.file.read(at: region.offset, upTo: region.length)) ?? []
        }
        output.clear()
        if isSocketBlocked {
            blocked += bytes
            state.outputBlocked(taken: taken, now: now)
        } else {
            sent += bytes
            state.outputSent(now: now)
        }
    }
}

extension String {
    /// The parts between the occurrences of a separator.
    func components(of separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
