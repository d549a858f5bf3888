import FunctionKit

extension ConnectionState {
    /// What became of a response that was handed over.
    enum Acceptance: Equatable {
        /// It is written as a whole.
        case complete
        /// Its body is asked for, chunk by chunk, with ``ConnectionAction/pull``.
        case streams
        /// It could not be sent as it was. A 500 went out instead.
        case replaced(ResponseDefect)
        /// No answer is awaited any more.
        case dropped
    }

    /// Takes the answer to the current request.
    ///
    /// - Parameter date: the whole `Date` line.
    mutating func respond(
        _ response: HTTPResponse,
        date: [UInt8],
        output: inout OutputBuffer,
        now: Int64
    ) -> Acceptance {
        self.now = now
        guard answer == .awaited else { return .dropped }
        callDeadline = .max
        settleContinue(response, &output)
        var acceptance = Acceptance.complete
        let framing: ResponseFraming
        let keepsAlive: Bool
        do throws(ResponseDefect) {
            (framing, keepsAlive) = try ResponseWriter.write(response, demands: demands, date: date, to: &output)
        } catch {
            acceptance = .replaced(error)
            (framing, keepsAlive) = writeSubstitute(date: date, to: &output)
        }
        exchange.keepsAlive = keepsAlive
        exchange.owesContinue = false
        if let access {
            let isReplaced = acceptance != .complete
            let hasKnownBody = !isReplaced && framing != .none && !response.body.isStreamed
            access.entry.status = isReplaced ? HTTPStatus.internalServerError.rawValue : response.status.rawValue
            access.entry.bodyBytes = hasKnownBody ? response.body.length ?? 0 : 0
        }
        if acceptance == .complete, framing != .none, response.body.isStreamed {
            answer = .streaming(framing)
            streamedBytes = 0
            owesLineEnd = false
            wantsPull = true
            return .streams
        }
        finishAnswer()
        return acceptance
    }

    /// 100 goes out before the answer or never (RFC 9110, section 15.2): before one that is made while the body is read, and not at
    /// all where the answer needs no body any more.
    private mutating func settleContinue(_ response: HTTPResponse, _ output: inout OutputBuffer) {
        if exchange.owesContinue, response.body.isStreamed, response.status.rawValue < 300 {
            exchange.owesContinue = false
            sendsContinue = true
            restartBodyClock()
        }
        guard sendsContinue else { return }
        sendsContinue = false
        output.append(Self.continueLine)
    }

    /// What tells a client to send the body that it has announced.
    static let continueLine: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// Writes a 500 with what is its alone.
    private func writeSubstitute(
        date: [UInt8],
        to output: inout OutputBuffer
    ) -> (framing: ResponseFraming, keepsAlive: Bool) {
        let text = "Internal Server Error\n"
        let substitute = HTTPResponse.text(text, status: .internalServerError)
        let written = try? ResponseWriter.write(substitute, demands: demands, date: date, to: &output)
        return written ?? (.length(text.utf8.count), false)
    }

    private var demands: ResponseWriter.Demands {
        // While the server stops, requests that have arrived already (pipelining) are answered, too.
        var keepsAlive = exchange.keepsAlive && (!isDraining || pendingStart < pending.count)
        // A client that will send nothing more gets what it asked for already, then the end.
        if isInputOver, pendingStart == pending.count { keepsAlive = false }
        if input == .streaming, !canDiscardRest { keepsAlive = false }
        return ResponseWriter.Demands(
            isHead: exchange.isHead,
            minorVersion: exchange.minorVersion,
            keepsAlive: keepsAlive,
            headerBytesMax: limits.responseHeaderBytesMax
        )
    }

    /// Whether the rest of the request body is small enough to be read past.
    private var canDiscardRest: Bool {
        !exchange.owesContinue && (chunks != nil || bodyRemaining <= limits.unreadBodyBytesMax)
    }

    /// Takes the next chunk of the response body; false when the body is cut off here because it is too long.
    @discardableResult
    mutating func sendChunk(_ bytes: [UInt8], output: inout OutputBuffer, now: Int64) -> Bool {
        self.now = now
        guard case .streaming(let framing) = answer else { return true }
        guard bytes.count <= limits.streamedResponseBytesMax - streamedBytes else {
            abort()
            return false
        }
        streamedBytes += bytes.count
        guard !bytes.isEmpty else {
            wantsPull = true
            return true
        }
        switch framing {
        case .none: return true
        case .length(let rest):
            // More than was announced would be read as the next response.
            guard bytes.count <= rest else {
                abort()
                return true
            }
            answer = .streaming(.length(rest - bytes.count))
            output.append(body: bytes)
        case .untilClose: output.append(body: bytes)
        case .chunked:
            if owesLineEnd { output.append("\r\n") }
            output.append(hexadecimal: bytes.count)
            output.append("\r\n")
            output.append(body: bytes)
            owesLineEnd = !output.tail.isEmpty
            if !owesLineEnd { output.append("\r\n") }
        }
        wantsPull = true
        return true
    }

    /// The response body is complete.
    mutating func sendEnd(output: inout OutputBuffer, now: Int64) {
        self.now = now
        guard case .streaming(let framing) = answer else { return }
        switch framing {
        case .length(let rest) where rest > 0: return abort()
        case .chunked:
            if owesLineEnd { output.append("\r\n") }
            output.append("0\r\n\r\n")
        case .none, .length, .untilClose: break
        }
        finishAnswer()
    }

    /// The response body cannot be completed: the connection ends without the last chunk, so that the client can tell.
    mutating func sendFailed(now: Int64) {
        self.now = now
        guard case .streaming = answer else { return }
        abort()
    }

    /// The socket did not take all output.
    ///
    /// - Parameter taken: how many bytes of this connection's output the peer has confirmed so far.
    mutating func outputBlocked(taken: Int, now: Int64) {
        self.now = now
        guard !isBlocked else { return }
        isBlocked = true
        writeClock = WriteClock(taken: taken, now: now)
        stallDeadline = now + limits.writeStallTime
        // Until its answer is out, a client is not waited for.
        if isBetweenRequests { inputDeadline = .max }
    }

    /// The socket has taken all output.
    mutating func outputSent(now: Int64) {
        self.now = now
        guard isBlocked else { return }
        isBlocked = false
        stallDeadline = .max
        needsMoreInput = false
        if isBetweenRequests { inputDeadline = now + limits.idleTime }
    }

    /// Whether nothing but a new request, or the passing of time, is awaited.
    var isSettled: Bool {
        isBetweenRequests && !isBlocked && !isInputOver && !isDraining && pendingStart == pending.count
            && closing == nil && refusal == nil && queued.isEmpty
    }

    var isBetweenRequests: Bool { input == .head && !hasHeadBytes && answer == .none }

    /// Refuses the current request: the reason goes out and the connection ends.
    mutating func refuse(_ refusal: RequestRefusal) {
        self.refusal = refusal
        input = .ended
        inputDeadline = .max
        pending = []
        pendingStart = 0
    }

    /// Writes the answer of a refusal.
    mutating func write(_ refusal: RequestRefusal, date: [UInt8], to output: inout OutputBuffer) {
        self.refusal = nil
        let demands = ResponseWriter.Demands(
            isHead: exchange.isHead,
            minorVersion: 1,
            keepsAlive: false,
            headerBytesMax: limits.responseHeaderBytesMax
        )
        refuseAccess(refusal.response)
        _ = try? ResponseWriter.write(refusal.response, demands: demands, date: date, to: &output)
        close(.lingering)
    }

    private mutating func finishAnswer() {
        if access != nil { finishAccess() }
        answer = .none
        wantsPull = false
        switch input {
        case .streaming:
            queued.append(.dropBody)
            if exchange.keepsAlive {
                input = .discarding(budget: limits.unreadBodyBytesMax)
                isBodyPaused = false
                needsMoreInput = false
                updateBodyDeadline()
            } else {
                close(.lingering)
            }
        case .waiting:
            if exchange.keepsAlive {
                beginNextRequest()
            } else {
                close(pendingStart < pending.count ? .lingering : .abrupt)
            }
        case .ended: close(hasFailedBody ? .lingering : .abrupt)
        case .head, .gathering, .discarding: break
        }
    }

    private mutating func abort() {
        close(.abrupt)
        queued.append(.cancel)
        queued.append(.close)
    }
}
