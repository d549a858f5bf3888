extension EventLoop {
    /// How many connections of a loop keep the task of their calls, and a repeated header, while they are idle. A task takes some 14 KB, and to
    /// make one takes a microsecond or two: the busy connections keep theirs, thousands of idle ones do not.
    private static let warmCallsMax = 256
    /// How many of the oldest are looked at when one is added: more than one, so that there are fewer again after a rush.
    private static let looksPerCall = 4

    /// Makes the task of a connection's calls, and ends those that idle connections have kept for the longest time.
    func makeCall(for connection: SocketConnection) -> HTTPCall {
        let call = HTTPCall(id: connection.id, loop: self)
        connection.call = call
        warmCalls.append(connection.id)
        for _ in 0..<Self.looksPerCall where warmCalls.count - warmCallsStart > Self.warmCallsMax { coolOldest() }
        if warmCallsStart > 1024 {
            warmCalls.removeFirst(warmCallsStart)
            warmCallsStart = 0
        }
        return call
    }

    private func coolOldest() {
        let id = warmCalls[warmCallsStart]
        warmCallsStart += 1
        guard let connection = connection(id), let call = connection.call else { return }
        guard call.isIdle else { return warmCalls.append(id) }
        connection.call = nil
        connection.state.repeatedHead.forget()
        call.close()
    }
}
