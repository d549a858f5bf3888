import FunctionKit

@testable import HTTPServer

/// Plays the owner of a connection as the event loop does, keeps what happens, and notes the first thing that must not.
struct FuzzOwner {
    /// A request that the responder was called with.
    struct Call {
        enum BodyEnd: Equatable { case open, complete, dropped, failed(Int) }

        var request: HTTPRequest
        var isStreamed: Bool
        var body: [UInt8]
        var bodyEnd: BodyEnd
    }

    /// An answer that the connection took.
    struct Answer {
        var call: Int
        var status: Int
        /// Whether the connection sent a 500 in its place.
        var isReplaced: Bool
        var content: [UInt8]
        var isFinished: Bool
    }

    /// A mistake that is made on purpose, to see that it is noticed.
    enum Fault: CaseIterable {
        /// A byte of the client's is not read.
        case lostByte
        /// What a client sends is read twice.
        case repeatedPiece
        /// Something is sent twice.
        case repeatedOutput
        /// A part of a streamed body does not reach its reader.
        case lostPart
        /// Nothing is read on while a body's reader catches up, nor after it.
        case forgottenReader
    }

    var state: ConnectionState
    private let fault: Fault?
    let wire: [UInt8]
    private(set) var fed = 0
    /// How many bytes had arrived when the connection stopped to look at them.
    private(set) var readCount = 0
    /// All bytes that the connection gave out, whether the socket took them or not.
    private(set) var output: [UInt8] = []
    private(set) var calls: [Call] = []
    private(set) var answers: [Answer] = []
    private(set) var problem: String?
    private(set) var isClosed = false
    private(set) var isLingering = false
    private(set) var hasExpired = false
    private(set) var isCallOpen = false
    private(set) var isPullOpen = false
    /// What calls answer at once; nil lets them wait.
    var promptAnswer: Int?
    /// Calls with a streamed body answer when it has ended, as the refusal of a failed body says.
    var answersAtBodyEnd = false
    private var isReaderSlow = false
    private var isReaderPaused = false
    /// How many more bytes the socket takes; nil for any number.
    private var room: Int?
    private var unsentCount = 0
    /// What the peer has taken of all output.
    private var takenCount = 0
    private var now: Int64 = 0

    static let pieceBytesMax = 4096

    init(_ limits: ConnectionLimits, wire: [UInt8], fault: Fault? = nil) {
        self.fault = fault
        state = ConnectionState(limits: limits, remoteAddress: "192.0.2.7", now: 0)
        self.wire = wire
    }

    mutating func fail(_ text: String) { if problem == nil { problem = text } }

    // MARK: Events

    mutating func happen(_ event: FuzzEvent) {
        guard !isClosed, problem == nil else { return }
        switch event {
        case .bytes(let count): feed(count)
        case .answer(let kind): if isCallOpen { answer(kind) } else { promptAnswer = kind }
        case .answersAtOnce(let kind): promptAnswer = kind
        case .chunk(let count): sendChunk(count)
        case .bodyEnd: endBody(fails: false)
        case .bodyFailure: endBody(fails: true)
        case .block(let count): room = room ?? count
        case .unblock: unblock()
        case .trickle: if unsentCount > 1 { trickle() }
        case .readerIsSlow(let isSlow): isReaderSlow = isSlow
        case .readerWantsMore: resumeReader()
        case .time(let time): pass(to: now + time)
        case .deadline: if state.deadline < .max { pass(to: max(now, state.deadline)) }
        case .inputEnd: if state.wantsInput { endInput() }
        case .drain:
            state.drain(now: now)
            perform()
        }
    }

    /// True when bytes were read.
    @discardableResult
    mutating func feed(_ count: Int) -> Bool {
        guard !isClosed, !state.isInputOver, fed < wire.count, state.wantsInput else { return false }
        let end = min(fed + min(count, Self.pieceBytesMax), wire.count)
        var piece = Array(wire[fed..<end])
        if fault == .lostByte, fed <= 40, end > 40 { piece.remove(at: 40 - fed) }
        if fault == .repeatedPiece, end == wire.count { piece += piece }
        fed = end
        if state.input != .ended { readCount = end }
        state.receive(piece.span, now: now)
        perform()
        return true
    }

    mutating func endInput() {
        state.receiveEnd(now: now)
        perform()
    }

    mutating func answer(_ kind: Int) {
        var buffer = OutputBuffer()
        hand(FuzzAnswers.response(kind, call: calls.count - 1), &buffer)
        perform(&buffer)
    }

    mutating func sendChunk(_ count: Int) {
        guard isPullOpen else { return }
        isPullOpen = false
        var buffer = OutputBuffer()
        let bytes = [UInt8](repeating: UInt8(ascii: "c"), count: count)
        state.sendChunk(bytes, output: &buffer, now: now)
        if state.answer != .none { answers[answers.count - 1].content += bytes }
        perform(&buffer)
    }

    mutating func endBody(fails: Bool) {
        guard isPullOpen else { return }
        isPullOpen = false
        var buffer = OutputBuffer()
        if fails {
            state.sendFailed(now: now)
        } else {
            let mayEnd = if case .streaming(.length(let rest)) = state.answer { rest == 0 } else { true }
            state.sendEnd(output: &buffer, now: now)
            answers[answers.count - 1].isFinished = mayEnd
        }
        perform(&buffer)
    }

    mutating func unblock() {
        room = nil
        guard unsentCount > 0 else { return }
        takenCount += unsentCount
        unsentCount = 0
        state.outputSent(now: now)
        perform()
    }

    private mutating func trickle() {
        unsentCount -= 1
        takenCount += 1
        state.outputBlocked(taken: takenCount, now: now)
        perform()
    }

    mutating func resumeReader() {
        guard fault != .forgottenReader else { return }
        isReaderPaused = false
        state.resumeBody(now: now)
        perform()
    }

    mutating func pass(to moment: Int64) {
        now = moment
        guard state.deadline <= now else { return }
        hasExpired = true
        state.expire(now: now, taken: takenCount)
        perform()
        if state.deadline <= now, !isClosed { fail("a deadline that was acted on stays") }
    }

    // MARK: Actions

    mutating func perform() {
        var buffer = OutputBuffer()
        perform(&buffer)
    }

    private mutating func perform(_ buffer: inout OutputBuffer) {
        for _ in 0..<10_000 {
            guard !isClosed else { return }
            let action = state.next(&buffer, date: FuzzDate.line)
            if case .wait = action {
                if buffer.isEmpty { return checkQuiet() }
                flush(&buffer)
            } else {
                act(on: action, &buffer)
            }
        }
        fail("the connection never comes to rest")
    }

    private mutating func act(on action: ConnectionAction, _ buffer: inout OutputBuffer) {
        switch action {
        case .wait: break
        case .respond(let request):
            let body = request.body.bytes ?? []
            open(Call(request: request, isStreamed: false, body: body, bodyEnd: .complete), &buffer)
        case .respondStreaming(let request, _):
            open(Call(request: request, isStreamed: true, body: [], bodyEnd: .open), &buffer)
        case .deliver(let bytes):
            guard isBodyOpen else { return fail("a part of no open body") }
            if fault != .lostPart { calls[calls.count - 1].body += bytes }
            if isReaderSlow || fault == .forgottenReader {
                isReaderPaused = true
                state.pauseBody()
            }
        case .endBody: endReading(.complete, &buffer)
        case .failBody(let refusal): endReading(.failed(refusal.status.rawValue), &buffer)
        case .dropBody: endReading(.dropped, &buffer)
        case .pull:
            if isPullOpen || answers.last?.isFinished != false { fail("a chunk is asked for that nobody has") }
            isPullOpen = true
        case .runOutOfTime, .leaveBehind:
            if !isCallOpen { fail("no call is there to run out of time") }
        case .log: fail("an access log that nobody asked for")
        case .cancel:
            isCallOpen = false
            isPullOpen = false
        case .linger:
            if isLingering { fail("lingers twice") }
            isLingering = true
            state.lingers(now: now)
        case .close: isClosed = true
        }
    }

    private mutating func open(_ call: Call, _ buffer: inout OutputBuffer) {
        if isCallOpen || isPullOpen { fail("two calls at a time") }
        if isBodyOpen { fail("a call while the last request's body is open") }
        if isLingering { fail("a call after the connection's end") }
        calls.append(call)
        isCallOpen = true
        isReaderPaused = false
        if answersAtBodyEnd {
            if !call.isStreamed { hand(FuzzAnswers.response(0, call: calls.count - 1), &buffer) }
        } else if let promptAnswer {
            hand(FuzzAnswers.response(promptAnswer, call: calls.count - 1), &buffer)
        }
    }

    private var isBodyOpen: Bool { calls.last?.bodyEnd == .open }

    private mutating func endReading(_ end: Call.BodyEnd, _ buffer: inout OutputBuffer) {
        isReaderPaused = false
        // A body that has failed may be dropped by its answer afterwards.
        guard isBodyOpen else {
            if end == .complete { fail("the end of no open body") }
            return
        }
        calls[calls.count - 1].bodyEnd = end
        guard answersAtBodyEnd, isCallOpen else { return }
        var response = FuzzAnswers.response(0, call: calls.count - 1)
        if case .failed(let status) = end { response.status = HTTPStatus(rawValue: status) }
        hand(response, &buffer)
    }

    private mutating func hand(_ response: HTTPResponse, _ buffer: inout OutputBuffer) {
        guard isCallOpen else { return }
        isCallOpen = false
        let acceptance = state.respond(response, date: FuzzDate.line, output: &buffer, now: now)
        guard acceptance != .dropped else { return }
        let isReplaced = if case .replaced = acceptance { true } else { false }
        answers.append(
            Answer(
                call: calls.count - 1,
                status: isReplaced ? 500 : response.status.rawValue,
                isReplaced: isReplaced,
                content: isReplaced ? Array("Internal Server Error\n".utf8) : response.body.bytes ?? [],
                isFinished: acceptance != .streams
            )
        )
    }

    private mutating func flush(_ buffer: inout OutputBuffer) {
        let bytes = buffer.withParts { Array($0) + Array($1) }
        buffer.clear()
        output += bytes
        if fault == .repeatedOutput, output.count > 400 { output += bytes }
        if unsentCount > 0 {
            unsentCount += bytes.count
            if unsentCount > 200_000 { fail("what the socket did not take grows: \(unsentCount)") }
            return
        }
        let taken = min(room ?? bytes.count, bytes.count)
        if let room { self.room = room - taken }
        takenCount += taken
        if taken == bytes.count {
            state.outputSent(now: now)
        } else {
            unsentCount = bytes.count - taken
            state.outputBlocked(taken: takenCount, now: now)
        }
    }

    // MARK: What holds whenever nothing is left to do

    private mutating func checkQuiet() {
        let limits = state.limits
        let waiting = state.pending.count - state.pendingStart
        if waiting > max(limits.readAheadBytesMax, limits.requestLineBytesMax + limits.headerBytesMax)
            + Self.pieceBytesMax
        {
            fail("\(waiting) bytes are read ahead")
        }
        if state.pendingStart > limits.readAheadBytesMax + 2 * Self.pieceBytesMax { fail("used bytes are kept") }
        if state.body.count > limits.bodyInMemoryBytesMax + Self.pieceBytesMax { fail("a body outgrows its bound") }
        if !state.queued.isEmpty || state.ready != nil { fail("actions are left behind") }
        let waitsForOthers = isCallOpen || isPullOpen || isReaderPaused
        if !waitsForOthers, state.deadline == .max { fail("waits for the peer without a deadline") }
        if !waitsForOthers, unsentCount == 0, !state.wantsInput, !state.isInputOver {
            fail("wants neither input nor output nor an answer")
        }
        if unsentCount > 0, state.stallDeadline == .max { fail("a blocked socket without a deadline") }
    }
}

/// The `Date` line of all fuzzed answers.
enum FuzzDate {
    static let line = Array("Date: Fri, 20 Nov 2026 12:00:00 GMT\r\n".utf8)
}
