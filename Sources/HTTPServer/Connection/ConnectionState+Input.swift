import FunctionKit

extension ConnectionState {
    /// The largest memory for pending bytes that a connection keeps when none are pending: an idle one should hold little.
    private static let keptBytesMax = 1024

    /// Takes bytes from the socket.
    mutating func receive(_ bytes: Span<UInt8>, now: Int64) {
        self.now = now
        needsMoreInput = false
        if case .ended = input { return }
        if pendingStart == pending.count {
            let used = consume(bytes)
            if pendingStart > 0 {
                pending.removeAll(keepingCapacity: pending.capacity <= Self.keptBytesMax)
                pendingStart = 0
            }
            guard used < bytes.count, input != .ended else { return }
            bytes.extracting(used..<bytes.count).withUnsafeBufferPointer { pending.append(contentsOf: $0) }
        } else {
            if pendingStart > limits.readAheadBytesMax {
                pending.removeFirst(pendingStart)
                pendingStart = 0
            }
            bytes.withUnsafeBufferPointer { pending.append(contentsOf: $0) }
            _ = usePending()
        }
    }

    /// The peer will send nothing more; it may still read.
    mutating func receiveEnd(now: Int64) {
        self.now = now
        isInputOver = true
        switch input {
        case .gathering: refuse(.bodyCutShort)
        case .streaming:
            // What was read before the end is still of use when it completes the body.
            if pendingStart == pending.count { failBody(.bodyCutShort) }
        case .discarding: close(.abrupt)
        // Nothing is left to be sent: the peer has heard us out.
        case .ended where answer == .none && closing == nil && refusal == nil: queued.append(.close)
        case .head, .waiting, .ended: break
        }
    }

    /// The reader of the streamed request body has room again.
    mutating func resumeBody(now: Int64) {
        self.now = now
        guard input == .streaming else { return }
        // A reader that only asks for more gives a slow client no new time.
        let hasWaited = isBodyPaused || exchange.owesContinue
        isBodyPaused = false
        needsMoreInput = false
        if exchange.owesContinue {
            exchange.owesContinue = false
            sendsContinue = true
        }
        if hasWaited { restartBodyClock() }
    }

    /// The reader of the streamed request body has to catch up.
    mutating func pauseBody() {
        guard input == .streaming else { return }
        isBodyPaused = true
        inputDeadline = .max
    }

    /// Works on the pending bytes; false when none could be used.
    mutating func usePending() -> Bool {
        let bytes = pending
        let start = pendingStart
        pending = []
        pendingStart = 0
        let used = consume(bytes.span.extracting(start..<bytes.count))
        guard input != .ended else { return used > 0 }
        if start + used < bytes.count {
            pending = bytes
            pendingStart = start + used
        }
        return used > 0
    }

    /// Reads as much as is of use now; returns how many bytes that were.
    private mutating func consume(_ bytes: Span<UInt8>) -> Int {
        var position = 0
        while position < bytes.count {
            let before = position
            switch input {
            case .ended: return bytes.count
            case .waiting: return position
            case .head:
                guard answer == .none, ready == nil, !isBlocked else { return position }
                position = consumeHead(bytes, from: position)
            case .streaming where isBodyPaused: return position
            case .gathering, .streaming, .discarding: position = consumeBody(bytes, from: position)
            }
            if position == before, case .head = input { return position }
        }
        return position
    }

    private mutating func consumeHead(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        // One empty line before a request is forgiven (RFC 9112, section 2.2). It is no part of it: a client that sends one
        // behind a body and then rests is not answered 408.
        if bytes[position] == carriageReturn, !hasSkippedLine, !hasHeadBytes {
            guard position + 1 < bytes.count else {
                needsMoreInput = true
                return position
            }
            if bytes[position + 1] == lineFeed {
                hasSkippedLine = true
                position += 2
                guard position < bytes.count else { return position }
            }
        }
        if !hasHeadBytes {
            hasHeadBytes = true
            inputDeadline = now + limits.headerTime
            if let (head, length) = repeatedHead.match(bytes.extracting(position..<bytes.count)) {
                begin(head, hasMore: position + length < bytes.count)
                return position + length
            }
        }
        switch parser.read(bytes.extracting(position..<bytes.count)) {
        case .incomplete:
            // In case that it is refused because the rest does not come.
            exchange.isHead = Self.beginsWithHead(bytes.extracting(position..<bytes.count))
            needsMoreInput = true
            return position
        case .refused(let refusal):
            exchange.isHead = Self.beginsWithHead(bytes.extracting(position..<bytes.count))
            refuse(refusal)
            return bytes.count
        case .complete(var head, let length):
            setOrigin(of: &head.request)
            repeatedHead.note(bytes.extracting(position..<position + length), head)
            begin(head, hasMore: position + length < bytes.count)
            return position + length
        }
    }

    /// Says whom a request comes from.
    private func setOrigin(of request: inout HTTPRequest) {
        guard isPeerTrusted else {
            request.remoteAddress = peer.remoteAddress
            request.scheme = peer.scheme
            return
        }
        let origin = limits.trustedProxies.origin(of: request.headers, by: peer)
        request.forwardedHost = origin.host
        request.remoteAddress = origin.remoteAddress
        request.scheme = origin.scheme
    }

    /// Whether a request that is not understood, or not yet, asks for a header only, so that its answer has no body either (RFC 9110, section
    /// 9.3.2).
    private static func beginsWithHead(_ bytes: Span<UInt8>) -> Bool {
        let method = Array("HEAD ".utf8)
        return bytes.count >= method.count && method.indices.allSatisfy { bytes[$0] == method[$0] }
    }

    private mutating func begin(_ head: consuming RequestHead, hasMore: Bool) {
        hasHeadBytes = false
        hasSkippedLine = false
        inputDeadline = .max
        exchange.isHead = head.request.method.rawValue == "HEAD"
        exchange.minorVersion = head.minorVersion
        exchange.keepsAlive = head.keepsAlive
        exchange.owesContinue = false
        streamedBytes = 0
        if limits.logsAccess { access = AccessDraft(copy head) }
        switch head.framing {
        case .none:
            input = .waiting
            awaitAnswer()
            ready = .respond(request(head, body: .empty))
        case .length(let length):
            guard length <= limits.bodyBytesMax else { return refuse(.bodyTooLarge) }
            bodyRemaining = length
            chunks = nil
            beginBody(head, length: length, hasMore: hasMore)
        case .chunked:
            chunks = ChunkedDecoder(
                lineBytesMax: limits.chunkLineBytesMax,
                trailerBytesMax: limits.headerBytesMax,
                contentBytesMax: limits.bodyBytesMax
            )
            beginBody(head, length: nil, hasMore: hasMore)
        }
    }

    private mutating func beginBody(_ head: RequestHead, length: Int?, hasMore: Bool) {
        bodyReceived = 0
        isBodyPaused = false
        hasFailedBody = false
        restartBodyClock()
        let waitsForContinue = head.expectsContinue && !hasMore
        if let length, length > limits.bodyInMemoryBytesMax {
            input = .streaming
            awaitAnswer()
            exchange.owesContinue = waitsForContinue
            if waitsForContinue { inputDeadline = .max }
            ready = .respondStreaming(request(head, body: .empty), length: length)
        } else {
            input = .gathering
            self.head = head
            sendsContinue = waitsForContinue
            body.reserveCapacity(length ?? 0)
        }
    }

    /// The request of a header, with its body.
    func request(_ head: consuming RequestHead, body: HTTPBody) -> HTTPRequest {
        if !body.isEmpty { head.request.body = body }
        return head.request
    }

    mutating func restartBodyClock() {
        bodyStart = now - Int64(bodyReceived) * 1000 / limits.bodyBytesPerSecondMin
        updateBodyDeadline()
    }

    /// The more has arrived, the later the deadline: grace plus the time that the slowest allowed rate takes.
    mutating func updateBodyDeadline() {
        inputDeadline = bodyStart + limits.bodyGraceTime + Int64(bodyReceived) * 1000 / limits.bodyBytesPerSecondMin
    }
}
