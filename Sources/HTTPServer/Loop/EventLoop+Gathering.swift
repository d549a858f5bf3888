import FunctionKit
import Glibc

/// Answers that wait for the end of the turn, so that one system call sends them (see ``SendBatch``).
extension EventLoop {
    /// Begins a turn in which so many events, or calls that go on, are to be dealt with.
    func beginTurn(of count: Int) {
        guard !isGathering, count >= configuration.gatheredAnswersMin, !hasNoBatch else { return }
        if batch == nil {
            batch = SendBatch()
            hasNoBatch = batch == nil
        }
        isGathering = batch != nil
    }

    /// Ends the turn: what has gathered goes out.
    func endTurn() {
        guard isGathering else { return }
        isGathering = false
        sendGathered()
    }

    /// Puts off the sending of an answer to the end of the turn; false if it has to go now.
    ///
    /// Only a connection that then waits for its next request may wait for that: nothing else follows that would have to come behind.
    func gather(_ connection: SocketConnection) -> Bool {
        guard isGathering, !connection.isReadable, !connection.hasHungUp,
            connection.state.isSettled, output.count <= SendBatch.answerBytesMax, output.tail.isEmpty,
            output.file == nil
        else { return false }
        if batch?.hasRoom != true { sendGathered() }
        guard isGathering, add(connection) else { return false }
        connection.isGathered = true
        connection.state.outputSent(now: now)
        return true
    }

    private func add(_ connection: SocketConnection) -> Bool {
        guard let batch else { return false }
        return output.withParts { bytes, _ in
            guard let tls = connection.tls else { return batch.add(bytes, of: connection) }
            guard tls.seal(bytes, into: &batch.record) else { return false }
            return batch.record.withUnsafeBufferPointer { batch.add($0, of: connection) }
        }
    }

    /// Sends what has gathered. Connections that broke meanwhile are ended in the next round, as this may be one's own turn.
    func sendGathered() {
        guard let batch, !batch.isEmpty else { return }
        let isSound = batch.perform { answer in
            let connection = answer.connection
            connection.isGathered = false
            switch answer.outcome {
            case .bytes(answer.bytes.count): break
            case .bytes(let count): keep(connection, answer.bytes, behind: count)
            case .wouldBlock: keep(connection, answer.bytes, behind: 0)
            case .end, .failed:
                connection.isBroken = true
                unfinished.append(connection.id)
            }
        }
        guard !isSound else { return }
        self.batch = nil
        (isGathering, hasNoBatch) = (false, true)
        logger.warning(
            "The system refused to send several answers at once. From now on each is sent by itself, which is slower."
        )
    }

    /// Sends on what TLS had sealed for a batch.
    func sendSealed(_ connection: SocketConnection, _ tls: TLSSession) {
        if tls.sendSealed() {
            if connection.unsent.isEmpty { connection.state.outputSent(now: now) }
        } else if errno != EAGAIN {
            vanish(connection)
        }
    }

    private func keep(_ connection: SocketConnection, _ bytes: UnsafeBufferPointer<UInt8>, behind count: Int) {
        if let tls = connection.tls {
            tls.keep(bytes[count...])
        } else {
            connection.unsent = UnsentBytes(first: Array(bytes[count...]))
        }
        connection.state.outputBlocked(taken: connection.bytesTaken, now: now)
        deadlines[Int(connection.id.descriptor)] = connection.state.deadline
    }
}
