import CLinux
import FunctionKit

extension EventLoop {
    /// How many bytes of a file one connection may be sent before the others get their turn: 1 MiB, some tenths of a millisecond.
    private static let fileBytesPerTurn = 1 << 20

    /// Sends what the state machine has written.
    func flush(_ connection: SocketConnection) {
        defer { output.clear() }
        if connection.isGathered { sendGathered() }
        guard connection.unsent.isEmpty else {
            connection.unsent.append(output)
            return
        }
        if gather(connection) { return }
        let total = output.count + output.tail.count
        let hasFile = output.file != nil
        switch output.withParts({ connection.send($0, $1, hasMore: hasFile) }) {
        case .bytes(total) where !hasFile: connection.state.outputSent(now: now)
        case .bytes(let count):
            keep(connection, behind: count)
            if count == total { sendRest(connection) }
        case .wouldBlock: keep(connection, behind: 0)
        case .end, .failed: vanish(connection)
        }
    }

    private func keep(_ connection: SocketConnection, behind count: Int) {
        connection.unsent = output.rest(behind: count)
        connection.state.outputBlocked(taken: connection.bytesTaken, now: now)
        if connection.hasPausedSending { waitForTurn(connection) }
    }

    /// Sends on when the others have had their turn.
    private func waitForTurn(_ connection: SocketConnection) {
        connection.owesSending = true
        unfinished.append(connection.id)
    }

    /// Sends what a socket had not taken, as far as it takes it now.
    func sendRest(_ connection: SocketConnection) {
        while !connection.unsent.hasNoBytes {
            let hasFile = connection.unsent.file != nil
            switch connection.unsent.withParts({ connection.send($0, $1, hasMore: hasFile) }) {
            case .bytes(let count):
                connection.unsent.offset += count
                connection.bytesSentLate += count
                if connection.hasPausedSending { return waitForTurn(connection) }
            case .wouldBlock: return
            case .end, .failed:
                vanish(connection)
                return
            }
        }
        if let region = connection.unsent.file {
            guard sendFile(region, connection) else { return }
        }
        connection.unsent = UnsentBytes()
        connection.state.outputSent(now: now)
    }

    /// Goes on with what had used up its turn.
    func goOnSending(_ connection: SocketConnection) {
        guard connection.owesSending else { return }
        connection.owesSending = false
        sendRest(connection)
    }

    /// Sends what is left of a file; false when some still is, or the connection had to be ended.
    private func sendFile(_ region: FileRegion, _ connection: SocketConnection) -> Bool {
        var budget = Self.fileBytesPerTurn
        while connection.unsent.fileOffset < region.length {
            guard budget > 0 else {
                waitForTurn(connection)
                return false
            }
            let position = connection.unsent.fileOffset
            let count = min(region.length - position, budget)
            switch connection.send(region, from: position, upTo: count, through: readBuffer) {
            case .bytes(let sent):
                connection.unsent.fileOffset += sent
                connection.bytesSentLate += sent
                budget -= sent
            case .wouldBlock: return false
            case .end:
                // The length is out already: only the end of the connection tells the client that this is not all.
                logger.warning(
                    "A file became shorter while it was being sent: \(position) of \(region.length) bytes went out, "
                        + "and the connection was closed. Replace files by renaming, not by writing over them."
                )
                vanish(connection)
                return false
            case .failed:
                vanish(connection)
                return false
            }
        }
        return true
    }
}
