import CLinux
import FunctionKit
import Glibc
import Synchronization

extension EventLoop {
    /// How many times in a row one connection may be read before the others get their turn.
    private static let readsPerTurn = 8

    func handle(_ events: UInt32, of connection: SocketConnection) {
        if events & (EPOLLERR.rawValue) != 0 {
            vanish(connection)
            return
        }
        if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { connection.hasHungUp = true }
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { connection.isReadable = true }
        if events & EPOLLOUT.rawValue != 0, !connection.unsent.isEmpty {
            sendRest(connection)
            if connection.isClosed { return }
        }
        drive(connection)
    }

    /// Performs what the state machine wants and reads on, until there is nothing to do for this connection.
    func drive(_ connection: SocketConnection) {
        var reads = 0
        perform(connection)
        while !connection.isClosed, connection.isReadable, connection.state.wantsInput {
            guard reads < Self.readsPerTurn else {
                unfinished.append(connection.id)
                break
            }
            reads += 1
            read(connection)
            if !connection.isClosed { perform(connection) }
        }
        if !connection.isClosed { deadlines[Int(connection.id.descriptor)] = connection.state.deadline }
    }

    private func read(_ connection: SocketConnection) {
        switch connection.receive(into: readBuffer) {
        case .bytes(let count):
            connection.state.receive(UnsafeBufferPointer(rebasing: readBuffer[..<count]).span, now: now)
        case .wouldBlock: break
        case .end: connection.state.receiveEnd(now: now)
        case .failed: vanish(connection)
        }
    }

    func perform(_ connection: SocketConnection) {
        while !connection.isClosed {
            switch connection.state.next(&output, date: date.line) {
            case .wait:
                if output.isEmpty { return }
                flush(connection)
            case .respond(let request): call(connection, request)
            case .respondStreaming(let request, let length): callStreaming(connection, request, length: length)
            case .deliver(let bytes):
                if connection.pipe?.push(bytes) == false { connection.state.pauseBody() }
            case .endBody:
                connection.pipe?.finish()
                connection.pipe = nil
            case .failBody(let refusal):
                connection.pipe?.finish(refusal.error)
                connection.pipe = nil
            case .dropBody:
                connection.pipe?.finish(RequestRefusal.bodyCutShort.error)
                connection.pipe = nil
            case .pull: connection.gate?.open()
            case .cancel: connection.abandonCall()
            case .linger:
                connection.endSending()
                connection.state.lingers(now: now)
            case .close: vanish(connection)
            }
        }
    }

    // MARK: Calls

    private func callStreaming(_ connection: SocketConnection, _ request: HTTPRequest, length: Int?) {
        let (mailbox, id) = (mailbox, connection.id)
        let pipe = RequestBodyPipe(byteCountMax: configuration.bodyReadAheadBytesMax) {
            mailbox.post(.bodyDemand(id))
        }
        connection.pipe = pipe
        var request = request
        request.body = HTTPBody(length: length) { try await pipe.next() }
        call(connection, request)
    }

    private func call(_ connection: SocketConnection, _ request: HTTPRequest) {
        let (responder, id) = (responder, connection.id)
        // Unstructured, because a call belongs to its connection: it begins on this thread, so that one that does not
        // suspend is answered without any thread hop, and it is cancelled when the connection vanishes.
        let task = Task.immediate { [self] in
            let response = await responder.respond(to: request)
            guard response.body.bytes == nil else { return complete(.response(id, response, nil)) }
            let gate = ResponseBodyGate()
            complete(.response(id, response, gate))
            await stream(response.body.makeSource(), through: gate, to: id)
        }
        guard case .response(_, let response, let gate) = immediate else {
            connection.task = task
            return
        }
        immediate = nil
        if gate != nil { connection.task = task }
        respond(connection, response, gate)
    }

    /// Hands over a response: directly while the call still runs on this thread, through the mailbox from any other.
    private func complete(_ message: LoopMessage) {
        if isOnThread { immediate = message } else { mailbox.post(message) }
    }

    private func stream(_ source: HTTPBody.Source, through gate: ResponseBodyGate, to id: ConnectionID) async {
        do {
            while await gate.passes() {
                guard let chunk = try await source() else {
                    mailbox.post(.responseEnd(id))
                    return
                }
                mailbox.post(.responseChunk(id, chunk))
            }
        } catch {
            logger.warning("A streamed response broke off: \(error)")
            mailbox.post(.responseFailed(id))
        }
    }

    func respond(_ connection: SocketConnection, _ response: HTTPResponse, _ gate: ResponseBodyGate?) {
        switch connection.state.respond(response, date: date.line, output: &output, now: now) {
        case .complete, .dropped:
            gate?.close()
            connection.task = nil
        case .streams: connection.gate = gate
        case .replaced(let defect):
            gate?.close()
            connection.task = nil
            logger.error("A response was replaced by 500: \(defect). Correct what the function returns.")
        }
    }

    // MARK: Sending

    private func flush(_ connection: SocketConnection) {
        defer { output.clear() }
        guard connection.unsent.isEmpty else {
            output.withParts { connection.unsent.append($0, $1) }
            return
        }
        let total = output.count + output.tail.count
        switch output.withParts({ connection.send($0, $1) }) {
        case .bytes(total): connection.state.outputSent(now: now)
        case .bytes(let count): keep(connection, behind: count)
        case .wouldBlock: keep(connection, behind: 0)
        case .end, .failed: vanish(connection)
        }
    }

    private func keep(_ connection: SocketConnection, behind count: Int) {
        connection.unsent = output.rest(behind: count)
        connection.state.outputBlocked(now: now)
    }

    private func sendRest(_ connection: SocketConnection) {
        while !connection.unsent.isEmpty {
            switch connection.unsent.withParts({ connection.send($0, $1) }) {
            case .bytes(let count):
                connection.unsent.offset += count
                connection.state.outputBlocked(now: now)
            case .wouldBlock: return
            case .end, .failed:
                vanish(connection)
                return
            }
        }
        connection.unsent = UnsentBytes()
        connection.state.outputSent(now: now)
    }

    /// Closes the socket and ends the call, if one runs.
    func vanish(_ connection: SocketConnection) {
        guard !connection.isClosed else { return }
        connection.isClosed = true
        connection.abandonCall()
        output.clear()
        let index = Int(connection.id.descriptor)
        connections[index] = nil
        deadlines[index] = .max
        openCount -= 1
        connectionCount.subtract(1, ordering: .relaxed)
        close(connection.id.descriptor)
    }
}
