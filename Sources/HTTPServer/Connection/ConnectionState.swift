import FunctionKit

/// The logic of one connection: bytes and events in, actions and output bytes out; no socket, no clock, no thread.
///
/// The owner calls an event method and then ``next(_:date:)`` until it says ``ConnectionAction/wait``. One request is in
/// progress at a time; the bytes of later ones wait, within a bound, until its answer is complete. Times are in
/// milliseconds of any clock that only runs forward.
struct ConnectionState {
    /// Where the reading of the current request stands.
    enum Input: Equatable {
        /// Between two requests or inside a header.
        case head
        /// Inside a body that the responder gets when it is complete.
        case gathering
        /// Inside a body that the responder is reading.
        case streaming
        /// Inside a body that nobody wants; so many of its bytes are still put up with.
        case discarding(budget: Int)
        /// The request is complete, its answer is not.
        case waiting
        /// The connection is about to be closed: whatever comes is thrown away.
        case ended
    }

    /// Where the answer to the current request stands.
    enum Answer: Equatable {
        case none
        case awaited
        case streaming(ResponseFraming)
    }

    /// How the connection ends once the output is sent.
    enum Closing {
        /// At once.
        case abrupt
        /// By telling the peer and reading on for a while, so that it gets the answer before it gets a reset.
        case lingering
    }

    /// What the current request demands of its answer.
    struct Exchange {
        var isHead = false
        var minorVersion: UInt8 = 1
        var keepsAlive = true
        /// The client waits for 100 before it sends the body.
        var owesContinue = false
    }

    let limits: ConnectionLimits
    /// What is known of the peer.
    private(set) var peer: RequestOrigin
    /// Whether the peer's word on where a request comes from counts.
    private(set) var isPeerTrusted: Bool

    var input = Input.head
    var answer = Answer.none
    var closing: Closing?
    var exchange = Exchange()

    var parser: HeadParser
    var repeatedHead = RepeatedHead()
    /// Bytes read but not used: from `pendingStart` on.
    var pending: [UInt8] = []
    var pendingStart = 0
    /// Whether the pending bytes are of no use before more arrive.
    var needsMoreInput = true
    var hasHeadBytes = false
    var hasSkippedLine = false
    var isInputOver = false

    /// The header of the request whose body is being gathered.
    var head: RequestHead?
    var body: [UInt8] = []
    /// Bytes missing from a body of known length.
    var bodyRemaining = 0
    var chunks: ChunkedDecoder?
    var bodyReceived = 0
    var bodyStart: Int64 = 0
    var isBodyPaused = false
    /// Whether a refusal has ended the streamed body.
    var hasFailedBody = false

    var ready: ConnectionAction?
    var queued: [ConnectionAction] = []
    var refusal: RequestRefusal?
    var sendsContinue = false
    var wantsPull = false
    /// Whether a large chunk was sent whose line end has to go before the next one.
    var owesLineEnd = false
    /// Whether the socket did not take all output.
    var isBlocked = false
    var isDraining = false
    /// Whether the connection ends as soon as no request is left that has arrived.
    var endsWhenSettled = false

    /// When the latest event happened.
    var now: Int64
    var inputDeadline: Int64
    var stallDeadline = Int64.max
    var writeClock = WriteClock()
    /// What the access log is to say of the current request; nil without such a log.
    var access: AccessDraft?
    /// Bytes of the streamed response body so far.
    var streamedBytes = 0
    var callDeadline = Int64.max

    /// Makes the state of a connection that was accepted at `now`.
    init(
        limits: ConnectionLimits,
        remoteAddress: String,
        scheme: HTTPScheme = .http,
        isTrusted: Bool = false,
        now: Int64
    ) {
        self.limits = limits
        peer = RequestOrigin(remoteAddress: remoteAddress, scheme: scheme)
        isPeerTrusted = isTrusted
        parser = HeadParser(limits: limits)
        self.now = now
        inputDeadline = now + limits.headerTime
    }

    /// A PROXY header has told whom the connection comes from; that one's own word counts only if it is a proxy by name.
    mutating func learn(_ header: ProxyHeader) {
        repeatedHead.forget()
        if header.isSecure { peer.scheme = .https }
        guard let source = header.source else { return }
        peer.remoteAddress = source.text
        isPeerTrusted = limits.trustedProxies.isList && limits.trustedProxies.trusts(source)
    }

    /// When ``expire(now:taken:)`` has to be called at the latest.
    var deadline: Int64 { min(inputDeadline, min(stallDeadline, callDeadline)) }

    /// Whether reading from the socket is of any use now.
    var wantsInput: Bool {
        guard !isInputOver else { return false }
        switch input {
        case .gathering, .discarding, .ended: return true
        case .streaming: return !isBodyPaused
        case .head where !isBlocked && answer == .none: return true
        case .head, .waiting: return pending.count - pendingStart < limits.readAheadBytesMax
        }
    }

    /// The next thing to do; asked until it is ``ConnectionAction/wait``.
    ///
    /// - Parameter date: the whole `Date` line.
    mutating func next(_ output: inout OutputBuffer, date: [UInt8]) -> ConnectionAction {
        while true {
            if let action = ready.take() { return action }
            if !queued.isEmpty { return queued.removeFirst() }
            if let refusal { write(refusal, date: date, to: &output) }
            if sendsContinue {
                sendsContinue = false
                output.append(Self.continueLine)
            }
            if closing != nil { return nextWhileClosing(output.isEmpty) }
            if wantsPull, !isBlocked, output.isEmpty {
                wantsPull = false
                return .pull
            }
            guard usesPending(output) else { return .wait }
        }
    }

    private mutating func nextWhileClosing(_ isSent: Bool) -> ConnectionAction {
        guard let closing, isSent, !isBlocked else { return .wait }
        self.closing = nil
        input = .ended
        guard case .lingering = closing, !isInputOver else { return .close }
        inputDeadline = .max
        return .linger
    }

    /// Goes on with bytes that were read earlier; false when there is nothing to go on with.
    private mutating func usesPending(_ output: borrowing OutputBuffer) -> Bool {
        let canStart =
            input != .head || (!isBlocked && output.hasRoom)
        if !needsMoreInput, pendingStart < pending.count, canStart, usePending() { return true }
        if endsWhenSettled, isBetweenRequests, pendingStart == pending.count, refusal == nil {
            closing = .abrupt
            return true
        }
        guard isInputOver, input == .head, answer == .none, refusal == nil else { return false }
        if hasHeadBytes, pendingStart < pending.count {
            guard needsMoreInput else { return false }
            refuse(.headCutShort)
        } else {
            closing = .abrupt
        }
        return true
    }

    /// The responder is about to be called.
    mutating func awaitAnswer() {
        answer = .awaited
        if let callTime = limits.callTime { callDeadline = now + callTime }
    }

    /// Begins to end the connection when the output is sent.
    mutating func close(_ closing: Closing) {
        self.closing = closing
        input = .ended
        inputDeadline = .max
        pending = []
        pendingStart = 0
        wantsPull = false
        answer = .none
        callDeadline = .max
    }
}
