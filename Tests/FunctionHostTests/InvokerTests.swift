import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// How runs of timer and queue functions end: by themselves, by their deadline, by a cancellation, after repetitions.
struct InvokerTests {
    private struct Failure: Error {}

    init() throws { entryPoint = try #require(EntryPoint("Nightly.Nightly")) }

    /// Does what a test says, and counts.
    private final class Scripted: TimerFunction {
        private let attempts = LockedState<[Int]>([])
        private let body: @Sendable (InvocationContext) async throws -> Void

        init(_ body: @escaping @Sendable (InvocationContext) async throws -> Void) { self.body = body }
        init(app: AppContext) { body = { _ in } }

        var retryCounts: [Int] { attempts.withLock { $0 } }

        func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
            attempts.withLock { $0.append(context.retryCount) }
            try await body(context)
        }
    }

    private let clock = ManualClock()
    private let entryPoint: EntryPoint
    private let timer = TimerInfo()

    private func fire(_ instance: Scripted, retry: RetryPolicy? = nil, timeout: Duration? = nil) async
        -> InvocationOutcome
    {
        let log = SilentLog(clock: clock)
        let invoker = Invoker(
            clock: clock,
            random: SeededRandomSource(seed: 1),
            log: log.log,
            timeout: timeout,
            retry: retry
        )
        let outcome = await invoker.fire(function(instance), instance, timer)
        return withExtendedLifetime(log) { outcome }
    }

    private func function(_ instance: Scripted) -> LoadedFunction {
        LoadedFunction(
            descriptor: FunctionDescriptor(
                name: "nightly",
                folder: "/app/nightly",
                file: "nightly/function.json",
                scriptFile: "libNightly.so",
                entryPoint: entryPoint,
                trigger: .timer(TimerTrigger(schedule: "0 0 3 * * *", runOnStartup: false, useMonitor: true)),
                bindings: [],
                settings: [],
                isDisabled: false,
                source: []
            ),
            instance: .timer(instance)
        )
    }

    @Test func aRunIsRepeatedUntilItSucceeds() async {
        let instance = Scripted { if $0.retryCount < 2 { throw Failure() } }
        let outcome = await fire(instance, retry: RetryPolicy(maxRetryCount: 5, delay: .fixed(.zero)))
        #expect(outcome.succeeded)
        #expect(instance.retryCounts == [0, 1, 2])
    }

    @Test func aRunIsRepeatedNoMoreThanThePolicySays() async {
        let instance = Scripted { _ in throw Failure() }
        let outcome = await fire(instance, retry: RetryPolicy(maxRetryCount: 2, delay: .fixed(.zero)))
        #expect(outcome.failure == "Failure()")
        #expect(instance.retryCounts == [0, 1, 2])
        let once = Scripted { _ in throw Failure() }
        _ = await fire(once)
        #expect(once.retryCounts == [0])
    }

    @Test func aCancellationEndsTheRepetitions() async {
        let instance = Scripted { _ in throw Failure() }
        let running = Task { await fire(instance, retry: RetryPolicy(maxRetryCount: nil, delay: .fixed(.seconds(60)))) }
        await clock.waitForSleepers()
        running.cancel()
        #expect(await !running.value.succeeded)
        #expect(instance.retryCounts == [0])
    }

    @Test func theTimeoutCancelsARun() async {
        let instance = Scripted { [clock] _ in try await clock.sleep(for: .seconds(3600)) }
        let running = Task { await fire(instance, timeout: .seconds(300)) }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(300))
        let failure = await running.value.failure
        #expect(failure == "Timeout value of 00:05:00 was exceeded by function: Functions.nightly")
    }

    @Test func aRunThatSucceedsWhileItIsCancelledHasSucceeded() async {
        let instance = Scripted { [clock] _ in try? await clock.sleep(for: .seconds(60)) }
        let running = Task { await fire(instance, timeout: .seconds(300)) }
        await clock.waitForSleepers(2)
        running.cancel()
        #expect(await running.value.succeeded)
    }
}
