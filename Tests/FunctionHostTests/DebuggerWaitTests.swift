import FunctionHost
import FunctionKit
import FunctionTesting
import Testing

/// A start that waits for a debugger.
struct DebuggerWaitTests {
    enum Event: CaseIterable { case attached, told, interrupted, timedOut }

    @Test(arguments: Event.allCases) func aWaitEndsWithWhatComesFirst(event: Event) async {
        let clock = ManualClock()
        let came = LockedState<Event?>(nil)
        let wait = DebuggerWait(
            clock: clock,
            isAttached: { came.withLock { $0 } == .attached },
            isTold: { came.withLock { $0 } == .told }
        )
        async let outcome = wait.run(isInterrupted: { came.withLock { $0 } == .interrupted })
        await clock.waitForSleepers()
        clock.advance(by: DebuggerWait.interval)
        await clock.waitForSleepers()
        came.withLock { $0 = event }
        clock.advance(by: event == .timedOut ? DebuggerWait.timeMax : DebuggerWait.interval)
        let expected: DebuggerWait.Outcome =
            switch event {
            case .attached: .attached
            case .told: .told
            case .interrupted: .interrupted
            case .timedOut: .timedOut
            }
        #expect(await outcome == expected)
    }
}
