extension EventLoop {
    /// The socket has taken everything: sends the next part, as soon as it is there.
    func pull(_ connection: SocketConnection) {
        if let part = connection.parts.want() { pass(part, to: connection) }
    }

    /// Hands a part to the state machine. While it is sent, the source makes the next one: of each stream there are two chunks at
    /// the most.
    func pass(_ part: StreamedParts.Part, to connection: SocketConnection) {
        switch part {
        case .chunk(let bytes):
            guard connection.state.sendChunk(bytes, output: &output, now: now) else { return noteCutOff() }
            connection.gate?.open()
        case .end:
            connection.gate = nil
            connection.state.sendEnd(output: &output, now: now)
        case .failed: connection.state.sendFailed(now: now)
        }
    }
}
