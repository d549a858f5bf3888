import Testing

@testable import FunctionHost

/// What the host does when something happens, event by event.
struct HostLifecycleTests {
    typealias Event = HostLifecycle.Event
    typealias Action = HostLifecycle.Action

    /// Events that bring a new host into a state.
    private static func way(to state: HostState) -> [Event] {
        switch state {
        case .default: []
        case .starting: [.start(isOffline: false)]
        case .initialized: way(to: .starting) + [.loaded(1)]
        case .running: way(to: .initialized) + [.activated(1)]
        case .error: way(to: .starting) + [.failed(1, .configuration(["bad"]))]
        case .offline: [.start(isOffline: true)]
        case .stopping: way(to: .running) + [.stopRequested]
        case .stopped: way(to: .stopping) + [.stopped]
        }
    }

    private static func host(in state: HostState) -> HostLifecycle {
        var host = HostLifecycle()
        for event in way(to: state) { _ = host.handle(event) }
        return host
    }

    /// A row: where the host is, what happens, what it does, where it is then.
    struct Row: CustomTestStringConvertible, Sendable {
        var from: HostState
        var event: Event
        var actions: [Action]
        var to: HostState
        init(_ from: HostState, _ event: Event, _ actions: [Action], _ to: HostState) {
            (self.from, self.event, self.actions, self.to) = (from, event, actions, to)
        }
        var testDescription: String { "\(from.rawValue) + \(event)" }
    }

    private static let changes: [Row] = [
        Row(.default, .start(isOffline: false), [.tell(from: .default, to: .starting), .load(1)], .starting),
        Row(.default, .start(isOffline: true), [.tell(from: .default, to: .offline)], .offline),
        Row(.starting, .loaded(1), [.tell(from: .starting, to: .initialized), .install(1)], .initialized),
        Row(.initialized, .activated(1), [.tell(from: .initialized, to: .running)], .running),
        Row(.starting, .failed(1, .configuration(["a"])), [.tell(from: .starting, to: .error), .retire], .error),
        Row(
            .starting,
            .failed(1, .other("b")),
            [.tell(from: .starting, to: .error), .retire, .retry(1, after: .seconds(1))],
            .error
        ),
        Row(.error, .filesChanged, [.cancelRetry, .tell(from: .error, to: .starting), .load(2)], .starting),
        Row(.error, .retryDue(1), [.tell(from: .error, to: .starting), .load(2)], .starting),
        Row(.error, .restartRequested, [.cancelRetry, .tell(from: .error, to: .starting), .load(2)], .starting),
        Row(.running, .restartRequested, [.tell(from: .running, to: .starting), .load(2)], .starting),
        Row(.running, .drainRequested, [.drain], .running),
        Row(.offline, .offlineFile(isThere: false), [.tell(from: .offline, to: .starting), .load(1)], .starting),
    ]

    private static let endings: [Row] =
        [HostState.starting, .initialized, .running, .error].map {
            Row(
                $0,
                .offlineFile(isThere: true),
                [.cancelLoad, .cancelRetry, .tell(from: $0, to: .offline), .retire],
                .offline
            )
        }
        + [HostState.default, .starting, .initialized, .running, .error, .offline].map {
            Row($0, .stopRequested, [.cancelLoad, .cancelRetry, .tell(from: $0, to: .stopping)], .stopping)
        } + [Row(.stopping, .stopped, [.tell(from: .stopping, to: .stopped)], .stopped)]

    /// What changes nothing: too early, too late, or of an attempt that is not the current one.
    private static let idle: [Row] = [
        (HostState.default, Event.loaded(0)), (.default, .restartRequested), (.default, .drainRequested),
        (.default, .filesChanged), (.default, .offlineFile(isThere: true)), (.default, .stopped),
        (.starting, .start(isOffline: false)), (.starting, .loaded(2)), (.starting, .activated(1)),
        (.starting, .failed(2, .other("x"))), (.starting, .drainRequested), (.starting, .retryDue(1)),
        (.starting, .filesChanged), (.starting, .restartRequested), (.starting, .offlineFile(isThere: false)),
        (.initialized, .activated(2)), (.initialized, .loaded(1)), (.running, .filesChanged),
        (.running, .loaded(1)), (.running, .failed(1, .other("x"))), (.running, .retryDue(1)),
        (.running, .offlineFile(isThere: false)), (.running, .start(isOffline: true)), (.error, .loaded(1)),
        (.error, .retryDue(2)), (.error, .drainRequested), (.error, .failed(1, .other("x"))),
        (.offline, .loaded(1)), (.offline, .restartRequested), (.offline, .filesChanged),
        (.offline, .offlineFile(isThere: true)), (.offline, .drainRequested), (.stopping, .restartRequested),
        (.stopping, .stopRequested), (.stopping, .loaded(1)), (.stopping, .offlineFile(isThere: true)),
        (.stopped, .start(isOffline: false)), (.stopped, .stopRequested), (.stopped, .restartRequested),
    ].map { Row($0, $1, [], $0) }

    @Test(arguments: changes + endings + idle)
    func anEventLeadsToActionsAndAState(row: Row) {
        var host = Self.host(in: row.from)
        #expect(host.state == row.from)
        #expect(host.handle(row.event) == row.actions)
        #expect(host.state == row.to)
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 64), (8, 120), (9, 120), (10_000, 120)])
    func theRestBeforeARetryDoubles(failures: Int, seconds: Int) {
        #expect(HostLifecycle.pause(afterFailures: failures) == .seconds(seconds))
    }

    @Test func failuresAreCountedUntilOneAttemptSucceeds() {
        var host = Self.host(in: .starting)
        for number in 1...3 {
            let actions = host.handle(.failed(number, .other("down")))
            #expect(actions.last == .retry(number, after: .seconds(1 << (number - 1))))
            #expect(host.consecutiveErrors == number)
            #expect(host.errors == ["down"])
            _ = host.handle(.retryDue(number))
            #expect(host.errors.isEmpty, "Only the state Error has errors.")
        }
        #expect(host.attempt == 4)
        _ = host.handle(.loaded(4))
        _ = host.handle(.activated(4))
        #expect(host.consecutiveErrors == 0)
    }

    /// The attempt may have read the file before it was changed.
    @Test func aChangeDuringAFailingAttemptLeadsToAnother() {
        var host = Self.host(in: .starting)
        #expect(host.handle(.filesChanged).isEmpty)
        #expect(
            host.handle(.failed(1, .configuration(["bad"]))) == [
                .tell(from: .starting, to: .error), .retire, .tell(from: .error, to: .starting), .load(2),
            ]
        )
        _ = host.handle(.failed(2, .configuration(["bad"])))
        #expect(host.state == .error, "One change, one more attempt.")
    }

    @Test func aChangeDuringASucceedingAttemptLeadsToNone() {
        var host = Self.host(in: .initialized)
        _ = host.handle(.filesChanged)
        #expect(host.handle(.activated(1)) == [.tell(from: .initialized, to: .running)])
    }

    @Test func aRestartDuringAnAttemptFollowsIt() {
        var host = Self.host(in: .initialized)
        _ = host.handle(.restartRequested)
        _ = host.handle(.restartRequested)
        #expect(
            host.handle(.activated(1)) == [
                .tell(from: .initialized, to: .running), .tell(from: .running, to: .starting), .load(2),
            ]
        )
        _ = host.handle(.loaded(2))
        #expect(host.handle(.activated(2)) == [.tell(from: .initialized, to: .running)])
    }

    @Test func aDrainLastsUntilTheNextAppRuns() {
        var host = Self.host(in: .running)
        #expect(host.handle(.drainRequested) == [.drain])
        #expect(host.isDraining)
        #expect(host.handle(.drainRequested).isEmpty, "It is asked for once.")
        _ = host.handle(.restartRequested)
        _ = host.handle(.loaded(2))
        #expect(host.isDraining)
        _ = host.handle(.activated(2))
        #expect(!host.isDraining)
    }

    @Test func whatAnOfflineHostHadLoadedIsDropped() {
        var host = Self.host(in: .starting)
        _ = host.handle(.offlineFile(isThere: true))
        _ = host.handle(.offlineFile(isThere: false))
        #expect(host.attempt == 2)
        #expect(host.handle(.loaded(1)).isEmpty)
        #expect(host.handle(.loaded(2)).last == .install(2))
    }
}
