import FunctionKit
import Synchronization

/// Lets requests through as a ``RequestThrottle`` decides, and keeps those that wait.
final class ThrottleGate: Sendable {
    /// How often a refusal is logged at the most: once a second. Each line takes longer than the refusal.
    static let logInterval = Duration.seconds(1)

    private struct State {
        var throttle: RequestThrottle
        var waiters: [RequestThrottle.Ticket: CheckedContinuation<Passage, Never>] = [:]
        /// Cancelled before they stood in the line.
        var cancelled: Set<RequestThrottle.Ticket> = []
        var lastTicket: RequestThrottle.Ticket = 0
        var lastLogged: Duration?
    }

    private enum Passage {
        case admitted, refused, cancelled
    }

    private let state: LockedState<State>
    private let clock: any AppClock
    private let logger: Logger
    private let outstandingMax: Int?

    /// Makes a gate; nil when `options` limit nothing, so that requests pay nothing for it.
    init?(_ options: HTTPOptions, clock: any AppClock, logger: Logger) {
        guard options.limitsRequests else { return nil }
        outstandingMax = options.maxOutstandingRequests
        self.clock = clock
        self.logger = logger
        state = LockedState(
            State(
                throttle: RequestThrottle(
                    runningMax: options.maxConcurrentRequests,
                    outstandingMax: options.maxOutstandingRequests
                )
            )
        )
    }

    /// How many requests run and how many wait.
    var counts: (running: Int, waiting: Int) { state.withLock { ($0.throttle.running, $0.throttle.waiting) } }

    /// Answers a request when it is its turn. Beyond the limit the answer is 429 with Azure's header; to one whose client went away
    /// while it waited, 503, which nobody reads. A streamed response counts as running until its body has ended.
    func pass(_ request: HTTPRequest, to answer: (HTTPRequest) async -> HTTPResponse) async -> HTTPResponse {
        switch await enter() {
        case .refused:
            noteRefusal()
            return HTTPResponse(status: .tooManyRequests, headers: ["X-FUNCTION-SCALEOUT": "1"])
        case .cancelled: return HTTPResponse(status: .serviceUnavailable)
        case .admitted: break
        }
        let permit = Permit(gate: self)
        var response = await answer(request)
        guard response.body.isStreamed else {
            permit.giveBack()
            return response
        }
        let source = response.body.makeSource()
        // The permit goes with the body: a body that nobody reads to its end gives it back when it is thrown away.
        response.body = HTTPBody(length: response.body.length) {
            let chunk = try await source()
            if chunk == nil { permit.giveBack() }
            return chunk
        }
        return response
    }

    private func enter() async -> Passage {
        let (decision, ticket) = state.withLock { state in
            state.lastTicket += 1
            let decision = state.throttle.decision
            // One that waits takes its place in the line only with its continuation.
            if decision == .admit { _ = state.throttle.arrive(state.lastTicket) }
            return (decision, state.lastTicket)
        }
        switch decision {
        case .admit: return .admitted
        case .refuse: return .refused
        case .wait: return await wait(ticket)
        }
    }

    private func wait(_ ticket: RequestThrottle.Ticket) async -> Passage {
        // A cancellation that comes when it was let through already finds nobody and leaves its mark behind.
        defer { state.withLock { _ = $0.cancelled.remove(ticket) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passage = state.withLock { state -> Passage? in
                    guard state.cancelled.remove(ticket) == nil else { return .cancelled }
                    switch state.throttle.arrive(ticket) {
                    case .admit: return .admitted
                    case .refuse: return .refused
                    case .wait:
                        state.waiters[ticket] = continuation
                        return nil
                    }
                }
                if let passage { continuation.resume(returning: passage) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Passage, Never>? in
                guard let waiter = state.waiters.removeValue(forKey: ticket) else {
                    state.cancelled.insert(ticket)
                    return nil
                }
                _ = state.throttle.cancel(ticket)
                return waiter
            }
            waiter?.resume(returning: .cancelled)
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Passage, Never>? in
            state.throttle.leave().flatMap { state.waiters.removeValue(forKey: $0) }
        }
        next?.resume(returning: .admitted)
    }

    private func noteRefusal() {
        let now = clock.uptime
        let isDue = state.withLock { state -> Bool in
            if let last = state.lastLogged, now - last < Self.logInterval { return false }
            state.lastLogged = now
            return true
        }
        guard isDue, let outstandingMax else { return }
        logger.warning("Http request queue limit of \(outstandingMax) has been exceeded.")
    }

    /// The right to run, given back once.
    private final class Permit: Sendable {
        private let gate: ThrottleGate
        private let isHeld = Atomic<Bool>(true)

        init(gate: ThrottleGate) { self.gate = gate }

        deinit { giveBack() }

        func giveBack() {
            if isHeld.exchange(false, ordering: .relaxed) { gate.leave() }
        }
    }
}
