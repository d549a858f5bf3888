import FunctionKit

extension ConnectionState {
    /// The current request is answered to its end.
    mutating func finishAccess() {
        guard let access else { return }
        if case .streaming = answer { access.entry.bodyBytes = streamedBytes }
        self.access = nil
        queued.append(.log(access))
    }

    /// The current request, or one whose header could not be read, is refused.
    mutating func refuseAccess(_ response: HTTPResponse) {
        guard limits.logsAccess else { return }
        let access = self.access ?? AccessDraft()
        access.entry.status = response.status.rawValue
        access.entry.bodyBytes = exchange.isHead ? 0 : response.body.bytes?.count ?? 0
        self.access = nil
        queued.append(.log(access))
    }

    /// Takes the entry of a request whose answer cannot be completed; nil when none is in progress.
    mutating func takeBrokenAccess() -> AccessDraft? {
        guard let access else { return nil }
        self.access = nil
        if answer != .none || streamedBytes > 0 { access.entry.bodyBytes = max(access.entry.bodyBytes, streamedBytes) }
        if access.entry.status == 0 { access.entry.status = AccessEntry.clientGone }
        access.entry.isComplete = false
        return access
    }
}
