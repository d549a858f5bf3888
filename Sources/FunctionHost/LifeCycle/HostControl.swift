package import FunctionKit

/// What the admin API may do to the host's life.
package protocol HostControl: Sendable {
    /// Where the host stands, and why it does not run if it does not.
    func status() async -> (state: HostState, errors: [String])
    /// Stops timers and queues while HTTP goes on; does nothing when that has been done.
    ///
    /// - Returns: false when the host does not run.
    func drain() async -> Bool
    /// How far a drain has come; nil when the host does not run.
    func drainStatus() async -> DrainStatus?
    /// Starts the app anew if it is drained, and waits for that.
    ///
    /// - Returns: the state afterwards; nil when the host does not run.
    func resume() async -> HostState?
    /// Asks for the app to be started anew; returns at once.
    func restart() async
    /// Takes the app off line, or brings it back, by way of `app_offline.htm` in its root.
    ///
    /// - Returns: whether that changed anything.
    /// - Throws: ``HostControlError`` when the file cannot be written or removed.
    func setOffline(_ isOffline: Bool) async throws(HostControlError) -> Bool
    /// Writes a line to the host's log.
    func log(_ record: LogRecord) async
}

/// The host's life could not be changed.
package struct HostControlError: Error, Sendable, CustomStringConvertible {
    /// The thing, the reason and the remedy.
    package let description: String

    /// Makes an error.
    package init(_ description: String) { self.description = description }
}

/// How far a drain has come: `GET /admin/host/drain/status`.
package struct DrainStatus: Codable, Sendable, Equatable {
    /// In Azure's words.
    package enum State: String, Codable, Sendable {
        /// Nobody has asked for a drain.
        case disabled = "Disabled"
        /// Functions run still.
        case inProgress = "InProgress"
        /// Nothing runs, and nothing will by itself.
        case completed = "Completed"
    }

    /// How far it is.
    package var state: State
    /// How many invocations run, of any trigger.
    package var outstandingInvocations: Int
    /// How many failed invocations wait for their next attempt.
    package var outstandingRetries: Int

    /// Makes a status.
    package init(isDraining: Bool, outstandingInvocations: Int, outstandingRetries: Int) {
        let isIdle = outstandingInvocations == 0 && outstandingRetries == 0
        state = !isDraining ? .disabled : isIdle ? .completed : .inProgress
        self.outstandingInvocations = outstandingInvocations
        self.outstandingRetries = outstandingRetries
    }
}
