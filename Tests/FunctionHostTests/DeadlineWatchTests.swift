import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// One sleeping task for all deadlines.
struct DeadlineWatchTests {
    private let clock = ManualClock()

    @Test func expiresWhatIsNotRemovedInTime() async {
        let watch = DeadlineWatch(clock: clock)
        let expired = LockedState<[String]>([])
        func note(_ name: String) -> @Sendable () -> Void { { expired.withLock { $0.append(name) } } }
        let first = watch.add(within: .seconds(10), note("first"))
        let second = watch.add(within: .seconds(10), note("second"))
        await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        #expect(watch.remove(first))
        let third = watch.add(within: .seconds(10), note("third"))
        clock.advance(by: .seconds(5))
        while expired.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(!watch.remove(second))
        await clock.waitForSleepers()
        #expect(clock.timeToNextSleeper == .seconds(5))
        clock.advance(by: .seconds(5))
        while expired.withLock({ $0.count < 2 }) { await Task.yield() }
        #expect(!watch.remove(third))
        #expect(expired.withLock { $0 } == ["second", "third"])
    }

    @Test func watchesAgainAfterARest() async {
        let watch = DeadlineWatch(clock: clock)
        let removed = watch.add(within: .seconds(10)) {}
        await clock.waitForSleepers()
        #expect(watch.remove(removed))
        clock.advance(by: .seconds(10))
        let expired = LockedState(false)
        let number = watch.add(within: .seconds(10)) { expired.withLock { $0 = true } }
        while !expired.withLock({ $0 }) {
            clock.advance(by: .seconds(1))
            await Task.yield()
        }
        #expect(!watch.remove(number))
    }
}
