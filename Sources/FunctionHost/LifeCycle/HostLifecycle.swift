/// Decides what the host does when something happens: events in, actions out, no clock and no effect of its own.
///
/// Each attempt to start the app has a number. What belongs to an older attempt than the current one changes nothing any more.
package struct HostLifecycle: Sendable {
    /// Why an attempt to start the app failed.
    package enum Failure: Sendable, Equatable {
        /// Something that a person mends in a file: the next attempt comes with the file's change.
        case configuration([String])
        /// Anything else: it is tried again by itself.
        case other(String)

        /// The sentences for the status.
        package var messages: [String] {
            switch self {
            case .configuration(let messages): messages
            case .other(let message): [message]
            }
        }
    }

    /// Something that happened.
    package enum Event: Sendable, Equatable {
        /// The process is ready; tells whether `app_offline.htm` is there.
        case start(isOffline: Bool)
        /// An attempt has loaded the functions.
        case loaded(Int)
        /// An attempt's functions answer, fire and receive.
        case activated(Int)
        /// An attempt failed.
        case failed(Int, Failure)
        /// The rest before the attempt that follows this one is over.
        case retryDue(Int)
        /// `host.json` or a `function.json` was changed, made or removed.
        case filesChanged
        /// `app_offline.htm` is there, or gone.
        case offlineFile(isThere: Bool)
        /// Somebody wants the app started anew.
        case restartRequested
        /// Somebody wants timers and queues to stop.
        case drainRequested
        /// The process is to end.
        case stopRequested
        /// Nothing runs any more.
        case stopped
    }

    /// Something to do.
    package enum Action: Sendable, Equatable {
        /// Tell the log of a new state.
        case tell(from: HostState, to: HostState)
        /// Read the app and load its functions.
        case load(Int)
        /// Give up loading.
        case cancelLoad
        /// Let the loaded app answer from now on, stop the one before it, start timers and queues.
        case install(Int)
        /// Take the app away: nothing answers, timers and queues stop.
        case retire
        /// Stop timers and queues; HTTP goes on.
        case drain
        /// Wait, then tell of `retryDue`.
        case retry(Int, after: Duration)
        /// Wait no longer for a retry.
        case cancelRetry
    }

    /// What to do once the attempt that goes on has ended.
    private enum Again: Int, Comparable {
        case no
        case ifFailed
        case always

        static func < (left: Again, right: Again) -> Bool { left.rawValue < right.rawValue }
    }

    /// Where the host stands.
    package private(set) var state = HostState.default
    /// What the last attempt failed of; empty while it is not in ``HostState/error``.
    package private(set) var errors: [String] = []
    /// The number of the current attempt, and so of all attempts: Azure's `StartupCount`.
    package private(set) var attempt = 0
    /// How many attempts failed since one succeeded.
    package private(set) var consecutiveErrors = 0
    /// Whether timers and queues have been told to stop while HTTP goes on.
    package private(set) var isDraining = false
    private var again = Again.no

    /// Makes the life of a host before its start.
    package init() {}

    /// Takes an event and tells what to do, in this order.
    package mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .start(let isOffline): start(isOffline: isOffline)
        case .loaded(let number): loaded(number)
        case .activated(let number): activated(number)
        case .failed(let number, let failure): failed(number, failure)
        case .retryDue(let number): state == .error && number == attempt ? begin() : []
        case .filesChanged: filesChanged()
        case .offlineFile(let isThere): offlineFile(isThere: isThere)
        case .restartRequested: restart()
        case .drainRequested: drain()
        case .stopRequested: stop()
        case .stopped: state == .stopping ? move(to: .stopped) : []
        }
    }

    /// The rest before the next attempt when `failures` attempts in a row have failed: 1, 2, 4 … 64, then 120 s, as Azure's.
    package static func pause(afterFailures failures: Int) -> Duration {
        // Azure rounds (2^n − 1)/2 to the even neighbour and keeps it within 1 s and 2 min: that is 2^(n − 1) from 2 on.
        let doublings = min(max(failures - 1, 0), 7)
        return min(.seconds(1 << doublings), .seconds(120))
    }
}

extension HostLifecycle {
    private mutating func move(to next: HostState) -> [Action] {
        guard next != state else { return [] }
        let before = state
        state = next
        if next != .error { errors = [] }
        return [.tell(from: before, to: next)]
    }

    private mutating func begin() -> [Action] {
        attempt += 1
        again = .no
        return move(to: .starting) + [.load(attempt)]
    }

    private mutating func start(isOffline: Bool) -> [Action] {
        guard state == .default else { return [] }
        return isOffline ? move(to: .offline) : begin()
    }

    private mutating func loaded(_ number: Int) -> [Action] {
        guard state == .starting, number == attempt else { return [] }
        return move(to: .initialized) + [.install(number)]
    }

    private mutating func activated(_ number: Int) -> [Action] {
        guard state == .initialized, number == attempt else { return [] }
        consecutiveErrors = 0
        isDraining = false
        return move(to: .running) + (again == .always ? begin() : [])
    }

    private mutating func failed(_ number: Int, _ failure: Failure) -> [Action] {
        guard state == .starting || state == .initialized, number == attempt else { return [] }
        consecutiveErrors += 1
        isDraining = false
        var actions = move(to: .error) + [.retire]
        errors = failure.messages
        if again > .no { return actions + begin() }
        if case .other = failure {
            actions.append(.retry(number, after: Self.pause(afterFailures: consecutiveErrors)))
        }
        return actions
    }

    private mutating func filesChanged() -> [Action] {
        switch state {
        case .error: return [.cancelRetry] + begin()
        case .starting, .initialized:
            // The attempt may have read the file before or after the change.
            again = max(again, .ifFailed)
            return []
        default: return []
        }
    }

    private mutating func restart() -> [Action] {
        switch state {
        case .running: return begin()
        case .error: return [.cancelRetry] + begin()
        case .starting, .initialized:
            again = .always
            return []
        default: return []
        }
    }

    private mutating func offlineFile(isThere: Bool) -> [Action] {
        guard isThere else { return state == .offline ? begin() : [] }
        switch state {
        case .starting, .initialized, .running, .error:
            isDraining = false
            return [.cancelLoad, .cancelRetry] + move(to: .offline) + [.retire]
        default: return []
        }
    }

    private mutating func drain() -> [Action] {
        guard state == .running, !isDraining else { return [] }
        isDraining = true
        return [.drain]
    }

    private mutating func stop() -> [Action] {
        guard state != .stopping, state != .stopped else { return [] }
        return [.cancelLoad, .cancelRetry] + move(to: .stopping)
    }
}
