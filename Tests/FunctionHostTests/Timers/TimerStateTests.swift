import FunctionKit
import Testing

@testable import FunctionHost

extension TimerState {
    /// Starts from a status; tells of the one that is to be kept when something is.
    mutating func start(
        stored: TimerInfo.Status?,
        at now: Timestamp
    ) -> (save: TimerInfo.Status?, actions: [Action]) {
        let record = stored.map { TimerRecord(last: $0.last, next: $0.next, lastUpdated: $0.lastUpdated) }
        let actions = start(record, at: now)
        return (isUnsaved ? takeWrite().record.status : nil, actions)
    }

    mutating func finish(succeeded: Bool, at now: Timestamp) -> TimerInfo.Status? {
        finish(TimerRunResult(failure: succeeded ? nil : "It broke."), at: now) ? takeWrite().record.status : nil
    }
}

/// What a timer decides: events in, actions out.
@Suite struct TimerStateTests {
    private let noon = Timestamp(seconds: 1_795_176_000)  // 2026-11-20T12:00:00Z

    private func at(_ seconds: Int64) -> Timestamp { noon + .seconds(seconds) }

    private func state(
        _ schedule: String = "0 */5 * * * *",
        runOnStartup: Bool = false,
        useMonitor: Bool = true
    ) throws -> TimerState {
        let definition = TimerDefinition(
            functionName: "tick",
            schedule: try Schedule(parsing: schedule),
            runOnStartup: runOnStartup,
            useMonitor: useMonitor
        )
        var state = TimerState(definition, zone: .utc)
        _ = state.decideMonitoring(at: noon)
        return state
    }

    private func status(last: Int64?, next: Int64, updated: Int64) -> TimerInfo.Status {
        .init(last: last.map(at), next: at(next), lastUpdated: at(updated))
    }

    private func firing(_ reason: TimerFiring.Reason, _ status: TimerInfo.Status?, at seconds: Int64) -> TimerFiring {
        var isPastDue = false
        if case .pastDue = reason { isPastDue = true }
        let info = TimerInfo(isPastDue: isPastDue, status: status)
        return TimerFiring(functionName: "tick", info: info, reason: reason, firedAt: at(seconds))
    }

    // MARK: - Start

    private struct Start: Sendable, CustomTestStringConvertible {
        var name: String
        var stored: (last: Int64?, next: Int64, updated: Int64)?
        var now: Int64
        var saved: (last: Int64?, next: Int64, updated: Int64)?
        var isPastDue = false
        var testDescription: String { name }
    }

    private static let starts: [Start] = [
        .init(name: "first start", now: 10, saved: (nil, 300, 10)),
        .init(name: "nothing missed", stored: (0, 300, 0), now: 299),
        .init(name: "at the very moment", stored: (0, 300, 0), now: 300),
        .init(name: "one missed", stored: (0, 300, 0), now: 301, isPastDue: true),
        .init(name: "many missed", stored: (0, 300, 0), now: 86_400, isPastDue: true),
        .init(name: "missed before the first run", stored: (nil, 300, 10), now: 400, isPastDue: true),
        .init(name: "edited, next to come", stored: (0, 3600, 0), now: 100, saved: (nil, 300, 0)),
        .init(name: "edited, next has passed", stored: (0, 3600, 0), now: 4000, saved: (nil, 4200, 4000)),
        .init(name: "edited before the first run", stored: (nil, 3600, 10), now: 20, saved: (nil, 300, 10)),
        .init(name: "a little from the future", stored: (3600, 3900, 3600), now: 10),
        .init(name: "far from the future", stored: (90_000, 90_300, 90_000), now: 10, saved: (nil, 300, 10)),
    ]

    @Test(arguments: starts)
    private func startsFromWhatWasKept(_ row: Start) throws {
        var state = try state()
        let stored = row.stored.map { status(last: $0.last, next: $0.next, updated: $0.updated) }
        let saved = row.saved.map { status(last: $0.last, next: $0.next, updated: $0.updated) }
        let (save, actions) = state.start(stored: stored, at: at(row.now))
        #expect(save == saved)
        let kept = try #require(saved ?? stored)
        #expect(state.status == kept)
        #expect(
            actions
                == (row.isPastDue
                    ? [.fire(firing(.pastDue(originalSchedule: kept.next), kept, at: row.now))] : [.arm])
        )
    }

    @Test func runsOnStartupOnceAndNeverBesidesAPastDueRun() throws {
        var fresh = try state(runOnStartup: true)
        let (save, actions) = fresh.start(stored: nil, at: at(10))
        let first = status(last: nil, next: 300, updated: 10)
        #expect(save == first)
        #expect(actions == [.fire(firing(.runOnStartup, first, at: 10))])
        // A run at the start counts from its own start.
        #expect(fresh.finish(succeeded: true, at: at(12)) == status(last: 10, next: 300, updated: 10))
        #expect(fresh.resume(at: at(12)) == [.arm])

        var late = try state(runOnStartup: true)
        let kept = status(last: 0, next: 300, updated: 0)
        let (_, once) = late.start(stored: kept, at: at(400))
        #expect(once == [.fire(firing(.pastDue(originalSchedule: at(300)), kept, at: 400))])
        #expect(late.finish(succeeded: true, at: at(401)) == status(last: 400, next: 600, updated: 400))
        #expect(late.resume(at: at(401)) == [.arm])
    }

    @Test func keepsNothingWithoutMonitor() throws {
        for schedule in ["0 */5 * * * *", "* * * * * *", "00:00:30"] {
            var state = try state(schedule, useMonitor: schedule.hasPrefix("0 ") ? false : true)
            #expect(!state.isMonitored)
            let (save, actions) = state.start(stored: status(last: 0, next: 300, updated: 0), at: at(1000))
            #expect(save == nil)
            #expect(actions == [.arm])
            let fired = state.tick(at: state.status.next)
            guard case .fire(let firing) = try #require(fired.first) else {
                Issue.record("did not fire")
                return
            }
            #expect(firing.info == TimerInfo(adjustsForDST: schedule != "00:00:30"))
            #expect(state.finish(succeeded: true, at: state.status.next) == nil)
        }
    }

    @Test func neverArmsAScheduleThatNeverFires() throws {
        var state = try state("0 0 0 30 2 *")
        let (save, actions) = state.start(stored: nil, at: noon)
        #expect(save == .init(last: nil, next: .never, lastUpdated: noon))
        #expect(actions.isEmpty)
        // It can still be run by hand.
        guard case .begin = state.request(1, at: at(5)) else {
            Issue.record("was not run")
            return
        }
        #expect(state.finish(succeeded: true, at: at(6)) == nil)
        #expect(state.resume(at: at(6)).isEmpty)
    }

    @Test func runsADisabledFunctionByHandOnly() throws {
        for stored in [nil, status(last: 0, next: 300, updated: 0)] {
            var state = TimerState(
                TimerDefinition(
                    functionName: "tick",
                    schedule: try Schedule(parsing: "0 */5 * * * *"),
                    runOnStartup: true,
                    isDisabled: true
                ),
                zone: .utc
            )
            _ = state.decideMonitoring(at: noon)
            let (save, actions) = state.start(stored: stored, at: at(1000))
            #expect(save == stored)
            #expect(actions.isEmpty)
            #expect(state.request(1, at: at(1001)) == .begin(firing(.manual, stored, at: 1001)))
            #expect(state.finish(succeeded: true, at: at(1002)) == nil)
            #expect(state.resume(at: at(1002)).isEmpty)
        }
    }

    // MARK: - Runs

    @Test func countsFromTheStartOfARunAndCatchesUpOnce() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(10))
        let first = status(last: nil, next: 300, updated: 10)
        #expect(state.tick(at: at(300)) == [.fire(firing(.scheduled, first, at: 300))])
        // It takes 17 minutes: 600, 900 and 1200 pass, and one run follows at once, which is not past due.
        let second = status(last: 300, next: 600, updated: 300)
        #expect(state.finish(succeeded: true, at: at(1320)) == second)
        #expect(state.resume(at: at(1320)) == [.arm])
        #expect(state.tick(at: at(1320)) == [.fire(firing(.scheduled, second, at: 1320))])
        #expect(state.finish(succeeded: true, at: at(1321)) == status(last: 1320, next: 1500, updated: 1320))
    }

    @Test func waitsOnWhenItIsWokenEarly() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(10))
        #expect(state.tick(at: at(299)) == [.arm])
        #expect(state.isIdle)
    }

    @Test func ignoresTheEndOfARunThatNeverBegan() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(10))
        #expect(state.finish(succeeded: true, at: at(20)) == nil)
        #expect(state.resume(at: at(20)).isEmpty)
        #expect(state.isArmed)
    }

    @Test func letsRunsByHandAndOccurrencesTakeTurns() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(10))
        let kept = status(last: nil, next: 300, updated: 10)
        #expect(state.request(1, at: at(290)) == .begin(firing(.manual, kept, at: 290)))
        #expect(state.request(2, at: at(291)) == .wait)
        // The occurrence comes while the function runs by hand: it is not doubled, and follows before the next request.
        #expect(state.tick(at: at(300)).isEmpty)
        #expect(state.finish(succeeded: true, at: at(301)) == nil)
        #expect(state.resume(at: at(301)) == [.fire(firing(.scheduled, kept, at: 301))])
        let second = status(last: 301, next: 600, updated: 301)
        #expect(state.finish(succeeded: true, at: at(302)) == second)
        #expect(state.resume(at: at(302)) == [.grant(2, firing(.manual, second, at: 302)), .arm])
        #expect(state.finish(succeeded: true, at: at(303)) == nil)
        #expect(state.resume(at: at(303)).isEmpty)
        #expect(state.isArmed)
        #expect(state.isIdle)
    }

    @Test func boundsThoseWhoWait() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(10))
        _ = state.request(0, at: at(20))
        for ticket in 1...TimerState.waitingMax { #expect(state.request(ticket, at: at(20)) == .wait) }
        #expect(state.request(99, at: at(20)) == .refuse)
        state.withdraw(1)
        #expect(state.request(100, at: at(20)) == .wait)
        _ = state.finish(succeeded: true, at: at(30))
        guard case .grant(2, _) = try #require(state.resume(at: at(30)).first) else {
            Issue.record("the first of those who still wait is 2")
            return
        }
    }

    // MARK: - A clock that goes back

    @Test func forgetsTimesThatWereNeverReal() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(86_400))
        state.wallClockWentBack(to: at(86_000))
        #expect(!state.isUnsaved)
        state.wallClockWentBack(to: at(10))
        #expect(state.isUnsaved)
        #expect(state.status == status(last: nil, next: 300, updated: 10))
    }

    @Test func countsARunThatBeganInTheFutureFromNow() throws {
        var state = try state()
        _ = state.start(stored: nil, at: at(86_400))
        _ = state.tick(at: at(86_700))
        state.wallClockWentBack(to: at(10))
        #expect(!state.isUnsaved)
        #expect(state.finish(succeeded: true, at: at(20)) == status(last: 20, next: 300, updated: 20))
    }
}
