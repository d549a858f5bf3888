import FunctionKit
import FunctionTesting
import Synchronization
import Testing

@testable import FunctionHost

/// Foreign code that takes too long is left behind, whatever it does about its cancellation.
struct TimeLimitTests {
    private struct Failure: Error {}
    private let clock = ManualClock()

    @Test func theResultOfQuickWorkComesBack() async throws {
        #expect(try await withTimeLimit(.seconds(30), DeadlineWatch(clock: clock)) { 7 } == 7)
        await #expect(throws: Failure.self) {
            try await withTimeLimit(.seconds(30), DeadlineWatch(clock: clock)) { throw Failure() }
        }
    }

    @Test func workThatIgnoresItsCancellationIsLeftBehind() async throws {
        let gate = WakeUp()
        let limited = Task { [clock] in
            try await withTimeLimit(.seconds(30), DeadlineWatch(clock: clock)) {
                // A plain continuation: no cancellation ends it.
                await withCheckedContinuation { continuation in
                    Task {
                        await gate.wait(atMost: nil, clock: clock)
                        continuation.resume()
                    }
                }
            }
        }
        await clock.waitForSleepers()
        clock.advance(by: .seconds(30))
        await #expect(throws: TimeLimitExceeded.self) { try await limited.value }
        gate.signal()
    }

    @Test func aCancelledCallerDoesNotWait() async throws {
        let gate = WakeUp()
        let limited = Task { [clock] in
            try await withTimeLimit(.seconds(30), DeadlineWatch(clock: clock)) {
                await withCheckedContinuation { continuation in
                    Task {
                        await gate.wait(atMost: nil, clock: clock)
                        continuation.resume()
                    }
                }
            }
        }
        await clock.waitForSleepers()
        limited.cancel()
        await #expect(throws: CancellationError.self) { try await limited.value }
        gate.signal()
    }

    /// Counts the sleeps that begin.
    private final class CountingClock: AppClock {
        let sleeps = Atomic(0)
        var now: Timestamp { Timestamp(seconds: 0) }
        var uptime: Duration { .zero }
        func sleep(for duration: Duration) async throws {
            sleeps.add(1, ordering: .relaxed)
            try await Task.sleep(for: .seconds(3600))
        }
    }

    @Test func callsThatEndInTimeLeaveNoSleepEach() async throws {
        let clock = CountingClock()
        let watch = DeadlineWatch(clock: clock)
        for _ in 0..<100 { try await withTimeLimit(.seconds(30), watch) {} }
        #expect(watch.count == 0)
        #expect(clock.sleeps.load(ordering: .relaxed) <= 1)
    }
}
