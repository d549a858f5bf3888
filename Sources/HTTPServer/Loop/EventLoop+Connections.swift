import CLinux
import FunctionKit
import Glibc
import Synchronization

extension EventLoop {
    /// How many times in a row one connection may be read before the others get their turn.
    private static let readsPerTurn = 8
    /// How many bytes of a streamed body are read at once, at the most: 1 MiB.
    private static let bodyPartBytesMax = 1 << 20

    func handle(_ events: UInt32, of connection: SocketConnection) {
        if events & (EPOLLERR.rawValue) != 0 {
            vanish(connection)
            return
        }
        if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { connection.hasHungUp = true }
        if events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 {
            connection.isReadable = true
            // What came while OpenSSL still held bytes of an earlier read: nobody will tell of it again.
            connection.tls?.isSocketEmpty = false
        }
        if events & EPOLLOUT.rawValue != 0 {
            if connection.tls?.readWaitsForRoom == true { connection.isReadable = true }
            if let tls = connection.tls, tls.hasSealed { sendSealed(connection, tls) }
            if !connection.isClosed, !connection.unsent.isEmpty {
                sendRest(connection)
            }
            if connection.isClosed { return }
        }
        drive(connection)
    }

    /// Performs what the state machine wants and reads on, until there is nothing to do for this connection or its turn is over.
    func drive(_ connection: SocketConnection) {
        if connection.isGathered { sendGathered() }
        var reads = 0
        var calls = configuration.pipelinedRequestsMax
        perform(connection, &calls)
        while !connection.isClosed, calls > 0, connection.isReadable, connection.state.wantsInput {
            guard reads < Self.readsPerTurn else {
                unfinished.append(connection.id)
                break
            }
            reads += 1
            read(connection)
            if !connection.isClosed { perform(connection, &calls) }
        }
        if calls == 0, !connection.isClosed { unfinished.append(connection.id) }
        if !connection.isClosed { deadlines[Int(connection.id.descriptor)] = connection.state.deadline }
    }

    private func read(_ connection: SocketConnection) {
        if let count = connection.state.streamableBytes { return readBody(connection, upTo: count) }
        switch connection.receive(into: readBuffer) {
        case .bytes(let count):
            connection.state.receive(UnsafeBufferPointer(rebasing: readBuffer[..<count]).span, now: now)
        case .wouldBlock: break
        case .end: connection.state.receiveEnd(now: now)
        case .failed: breakOff(connection)
        }
    }

    /// Reads a part of a streamed body into memory of its own, which is handed on without a copy: half of what may wait for the
    /// reader, so that one half is read while the other is worked on.
    private func readBody(_ connection: SocketConnection, upTo count: Int) {
        var most = min(
            count,
            max(readBuffer.count, min(configuration.bodyReadAheadBytesMax / 2, Self.bodyPartBytesMax))
        )
        // TLS gives no more than one record.
        if !connection.isPlain { most = min(most, TLSSession.recordBytesMax) }
        var outcome = SocketCalls.Outcome.wouldBlock
        var bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, filled in
            outcome = connection.receive(into: buffer)
            if case .bytes(let count) = outcome { filled = count }
        }
        switch outcome {
        case .bytes(let count):
            // What waits is counted by its bytes, so a few of them must not hold memory for many.
            if count < most / 2 { bytes = bytes.withUnsafeBufferPointer { Array($0) } }
            connection.state.receiveBody(bytes, now: now)
        case .wouldBlock: break
        case .end: connection.state.receiveEnd(now: now)
        case .failed: breakOff(connection)
        }
    }

    /// - Parameter calls: how many requests may still be called in this turn.
    private func perform(_ connection: SocketConnection, _ calls: inout Int) {
        while !connection.isClosed {
            if calls == 0 {
                if output.isEmpty { return }
                flush(connection)
                continue
            }
            switch connection.state.next(&output, date: date.line) {
            case .wait:
                if output.isEmpty { return }
                flush(connection)
            case .respond(var request):
                calls -= 1
                if let draft = connection.state.access { begin(draft, &request) }
                call(connection, request)
            case .respondStreaming(var request, let length):
                calls -= 1
                if let draft = connection.state.access { begin(draft, &request) }
                callStreaming(connection, request, length: length)
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
            case .runOutOfTime: connection.call?.tellOfTimeout()
            case .leaveBehind: connection.call?.tellOfLeavingBehind()
            case .pull: pull(connection)
            case .cancel: connection.abandonCall()
            case .linger:
                connection.endSending()
                connection.state.lingers(now: now)
            case .log(let draft): finish(draft, of: connection)
            case .close: vanish(connection)
            }
        }
    }

    // MARK: Calls

    func respond(_ connection: SocketConnection, _ response: HTTPResponse, _ gate: ResponseBodyGate?) {
        switch connection.state.respond(response, date: date.line, output: &output, now: now) {
        case .complete, .dropped:
            gate?.close()
        case .streams:
            connection.parts = StreamedParts()
            connection.gate = gate
            gate?.open()
        case .replaced(let defect):
            gate?.close()
            logger.error("A response was replaced by 500: \(defect). Correct what the function returns.")
        }
    }

    /// Ends a connection that can be read no more.
    private func breakOff(_ connection: SocketConnection) {
        explainFailure(of: connection)
        vanish(connection)
    }

    /// Closes the socket and ends the call, if one runs.
    func vanish(_ connection: SocketConnection) {
        guard !connection.isClosed else { return }
        // Behind this, its descriptor may be another connection's.
        if connection.isGathered { sendGathered() }
        connection.isClosed = true
        explainProxyHeader(of: connection)
        if let draft = connection.state.takeBrokenAccess() { finish(draft, of: connection) }
        connection.abandonCall()
        output.clear()
        let index = Int(connection.id.descriptor)
        connections[index] = nil
        deadlines[index] = .max
        openCount -= 1
        connectionCount.subtract(1, ordering: .relaxed)
        counts.leave(connection.addressKey)
        connection.tls?.end()
        close(connection.id.descriptor)
    }
}
