import FunctionKit

extension ConnectionState {
    /// Reads a part of the current body; returns the position behind it.
    mutating func consumeBody(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var content: [UInt8] = []
        if input == .gathering { swap(&content, &body) }
        let before = content.count
        var position = start
        var isDone = false
        do throws(RequestRefusal) {
            if var decoder = chunks {
                position = try decoder.decode(bytes, from: start, into: &content)
                isDone = decoder.isDone
                chunks = decoder
            } else {
                let count = min(bodyRemaining, bytes.count - start)
                if !isDiscarding {
                    bytes.extracting(start..<start + count).withUnsafeBufferPointer { content.append(contentsOf: $0) }
                }
                bodyRemaining -= count
                position += count
                isDone = bodyRemaining == 0
            }
        } catch {
            endBody(with: error)
            return bytes.count
        }
        bodyReceived += chunks == nil ? position - start : content.count - before
        updateBodyDeadline()
        switch input {
        case .gathering: gather(&content, isDone: isDone)
        case .streaming: stream(content, isDone: isDone)
        case .discarding(let budget): discard(position - start, of: budget, isDone: isDone)
        case .head, .waiting, .ended: break
        }
        return position
    }

    /// How many bytes from the socket can go to the reader of the body as they are; nil where they have to be looked at.
    var streamableBytes: Int? {
        guard input == .streaming, !isBodyPaused, chunks == nil, pendingStart == pending.count else { return nil }
        return bodyRemaining
    }

    /// Takes a part of the body that was read by itself: no more bytes than ``streamableBytes``.
    mutating func receiveBody(_ bytes: [UInt8], now: Int64) {
        self.now = now
        bodyRemaining -= bytes.count
        bodyReceived += bytes.count
        updateBodyDeadline()
        stream(bytes, isDone: bodyRemaining == 0)
    }

    private var isDiscarding: Bool {
        if case .discarding = input { return true }
        return false
    }

    private mutating func gather(_ content: inout [UInt8], isDone: Bool) {
        guard let head else { return }
        if isDone {
            self.head = nil
            input = .waiting
            inputDeadline = .max
            awaitAnswer()
            ready = .respond(request(head, body: HTTPBody(content)))
        } else if content.count > limits.bodyInMemoryBytesMax {
            self.head = nil
            input = .streaming
            awaitAnswer()
            ready = .respondStreaming(request(head, body: .empty), length: nil)
            queued.append(.deliver(content))
        } else {
            swap(&content, &body)
        }
    }

    private mutating func stream(_ content: [UInt8], isDone: Bool) {
        if !content.isEmpty { queued.append(.deliver(content)) }
        guard isDone else { return }
        queued.append(.endBody)
        endRequest()
    }

    private mutating func discard(_ count: Int, of budget: Int, isDone: Bool) {
        if isDone {
            endRequest()
        } else if count > budget {
            close(.lingering)
        } else {
            input = .discarding(budget: budget - count)
        }
    }

    /// The request has been read; what follows depends on whether its answer is complete.
    private mutating func endRequest() {
        inputDeadline = .max
        if answer == .none { beginNextRequest() } else { input = .waiting }
    }

    /// Waits for the next request on this connection.
    mutating func beginNextRequest() {
        input = .head
        exchange.isHead = false
        hasHeadBytes = false
        needsMoreInput = false
        inputDeadline = now + limits.idleTime
        // Not at once: requests behind this one may lie among the bytes that are being read.
        endsWhenSettled = isDraining
    }

    /// A body that cannot be completed: refused, or reported to whoever reads it.
    private mutating func endBody(with refusal: RequestRefusal) {
        switch input {
        case .gathering:
            head = nil
            refuse(refusal)
        case .streaming: failBody(refusal)
        default: close(.lingering)
        }
    }

    /// Ends a streamed request body with an error; the responder may still answer, and the connection ends with it.
    mutating func failBody(_ refusal: RequestRefusal) {
        queued.append(.failBody(refusal))
        hasFailedBody = true
        exchange.keepsAlive = false
        input = .ended
        inputDeadline = .max
        pending = []
        pendingStart = 0
    }
}
