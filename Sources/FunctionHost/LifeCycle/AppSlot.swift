import FunctionKit

/// Where requests find the app that answers now, and how the host stands; a restart exchanges the app under them.
///
/// A request takes the reference once and keeps it to its end: an app that is exchanged ends with its last request.
package final class AppSlot: Sendable {
    /// What a request for a function meets.
    package enum Answerer: Sendable {
        /// An app that answers.
        case app(RunningApp)
        /// `app_offline.htm`, which stands in for the app.
        case offline(page: [UInt8])
        /// Nobody, and nobody soon.
        case none
    }

    private struct Content {
        var state: HostState
        var errors: [String] = []
        var app: RunningApp?
        var jobHost: JobHost?
        var offlinePage: [UInt8]?
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var tickets = 0

        var canAnswer: Bool { app != nil || !state.isStarting }
    }

    private let content: LockedState<Content>

    /// Makes a slot, empty or with an app that runs.
    package init(_ app: RunningApp? = nil) {
        content = LockedState(Content(state: app == nil ? .default : .running, app: app))
    }

    /// The app that answers now; nil while there is none.
    package var app: RunningApp? { content.withLock { $0.app } }
    /// The app with its timers and queues; nil while there is none.
    package var jobHost: JobHost? { content.withLock { $0.jobHost } }
    /// How the host stands.
    package var state: HostState { content.withLock { $0.state } }
    /// Why it does not run; empty unless it is in ``HostState/error``.
    package var errors: [String] { content.withLock { $0.errors } }

    /// The app; waits for one at most `limit` while the host starts.
    func answerer(waiting limit: Duration, clock: any AppClock) async -> Answerer {
        if !content.withLock({ $0.canAnswer }) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.waitForAnswer() }
                group.addTask { try? await clock.sleep(for: limit) }
                await group.next()
                group.cancelAll()
            }
        }
        return content.withLock { content in
            if let app = content.app { return .app(app) }
            return content.offlinePage.map { .offline(page: $0) } ?? .none
        }
    }

    func install(_ jobHost: JobHost) {
        change { content in
            content.app = jobHost.app
            content.jobHost = jobHost
        }
    }

    func empty() {
        change { content in
            content.app = nil
            content.jobHost = nil
        }
    }

    func set(_ state: HostState, errors: [String], offlinePage: [UInt8]? = nil) {
        change { content in
            content.state = state
            content.errors = errors
            content.offlinePage = offlinePage
        }
    }

    private func change(_ body: (inout Content) -> Void) {
        let waiters = content.withLock { content -> [CheckedContinuation<Void, Never>] in
            body(&content)
            guard content.canAnswer else { return [] }
            defer { content.waiters = [:] }
            return Array(content.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there is an answer or the task is cancelled. A server has a bounded number of connections, and each waits for
    /// one request: so the waiters are bounded, too.
    private func waitForAnswer() async {
        let ticket = content.withLock { content -> Int in
            content.tickets += 1
            return content.tickets
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustResume = content.withLock { content -> Bool in
                    if content.canAnswer || Task.isCancelled { return true }
                    content.waiters[ticket] = continuation
                    return false
                }
                if mustResume { continuation.resume() }
            }
        } onCancel: {
            content.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
    }
}
