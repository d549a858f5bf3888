import FunctionKit

extension EventLoop {
    /// A request is about to be called: it gets a name, which its function and the other lines of the log see too.
    func begin(_ draft: AccessDraft, _ request: inout HTTPRequest) {
        draft.start = SystemTime.nanoseconds
        draft.entry.remoteAddress = request.remoteAddress
        guard draft.entry.requestID.isEmpty, let accessLog else { return }
        draft.entry.requestID = accessLog.makeRequestID()
        request.headers[AccessEntry.requestIDField] = draft.entry.requestID
    }

    /// A request has come to its end.
    func finish(_ draft: AccessDraft, of connection: SocketConnection) {
        var entry = draft.entry
        // One that was refused before it was called comes from whoever has sent it.
        if entry.remoteAddress.isEmpty { entry.remoteAddress = connection.state.peer.remoteAddress }
        if let start = draft.start { entry.duration = .nanoseconds(SystemTime.nanoseconds - start) }
        accessLog?.log(entry)
    }
}
