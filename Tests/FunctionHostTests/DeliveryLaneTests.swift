import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Runs one after another in one task, each with its own deadline.
struct DeliveryLaneTests {
    private let clock = ManualClock()
    private let message: QueueMessage
    private let function: LoadedFunction

    init() throws {
        message = QueueMessage(
            id: "m1",
            queue: try QueueName("mail-out"),
            tenant: try TenantName("acme"),
            payload: "p",
            insertedAt: clock.now
        )
        function = LoadedFunction(
            descriptor: FunctionDescriptor(
                name: "mailer",
                folder: "/app/mailer",
                file: "mailer/function.json",
                scriptFile: "libMailer.so",
                entryPoint: try #require(EntryPoint("Mailer.Mailer")),
                trigger: .queue(QueueTrigger(queueName: try QueueName("mail-out"))),
                bindings: [],
                settings: [],
                isDisabled: false,
                source: []
            ),
            instance: .queue(QueueInstance(QueueHandler { _, _ in }))
        )
    }

    /// An invoker with a bound of 300 s, for as long as `body` runs.
    private func withInvoker<Result>(_ body: (Invoker) async -> Result) async -> Result {
        let log = SilentLog(clock: clock)
        let invoker = Invoker(
            clock: clock,
            random: SeededRandomSource(seed: 1),
            log: log.log,
            timeout: .seconds(300)
        )
        let result = await body(invoker)
        return withExtendedLifetime(log) { result }
    }

    @Test func aRunWhoseTimeIsOverIsCancelledAndEndsTheLane() async {
        await withInvoker { invoker in
            let running = Task {
                await DeliveryLane.run { lane in
                    let handler = QueueHandler { [clock] _, _ in try await clock.sleep(for: .seconds(3600)) }
                    let outcome = await invoker.receive(function, handler, message)
                    return (failure: outcome.failure, isSpent: lane.isSpent, isCancelled: Task.isCancelled)
                }
            }
            await clock.waitForSleepers(2)
            clock.advance(by: .seconds(299))
            clock.advance(by: .seconds(1))
            let result = await running.value
            #expect(result.failure == "Timeout value of 00:05:00 was exceeded by function: Functions.mailer")
            #expect(result.isSpent)
            #expect(result.isCancelled)
            #expect(invoker.deadlines.count == 0)
        }
    }

    @Test func eachRunHasItsOwnDeadline() async {
        await withInvoker { invoker in
            let running = Task {
                await DeliveryLane.run { lane in
                    var failures: [String?] = []
                    for seconds in [200, 299, 3600] where !lane.isSpent {
                        let handler = QueueHandler { [clock] _, _ in try await clock.sleep(for: .seconds(seconds)) }
                        failures.append(await invoker.receive(function, handler, message).failure)
                    }
                    return failures
                }
            }
            // The first run's deadline passes during the second, and the second's during the third.
            for step in [200, 100, 199, 100, 200] {
                await clock.waitForSleepers(2)
                clock.advance(by: .seconds(step))
            }
            let failures = await running.value
            #expect(failures.map { $0 == nil } == [true, true, false])
        }
    }

    @Test func aLaneLeavesNothingToWatch() async {
        await withInvoker { invoker in
            for _ in 0..<3 {
                await DeliveryLane.run { lane in
                    for _ in 0..<3 {
                        let outcome = await invoker.receive(function, QueueHandler { _, _ in }, message)
                        #expect(outcome.succeeded)
                    }
                    #expect(invoker.deadlines.count == 1)
                    #expect(!lane.isSpent)
                }
                #expect(invoker.deadlines.count == 0)
            }
        }
    }

    @Test func aCancellationFromOutsideIsNoTimeout() async {
        await withInvoker { invoker in
            let running = Task {
                await DeliveryLane.run { lane in
                    let handler = QueueHandler { [clock] _, _ in try await clock.sleep(for: .seconds(60)) }
                    let outcome = await invoker.receive(function, handler, message)
                    return (failure: outcome.failure, isSpent: lane.isSpent)
                }
            }
            await clock.waitForSleepers(2)
            running.cancel()
            let result = await running.value
            #expect(result.failure?.hasPrefix("CancellationError") == true)
            #expect(!result.isSpent)
        }
    }
}
