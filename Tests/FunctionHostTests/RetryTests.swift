import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// How failed executions are repeated, for all triggers.
struct RetryTests {
    private struct Failure: Error, CustomStringConvertible {
        var description = "it broke"
    }

    /// Answers by a script, and keeps what each attempt was given.
    private final class Scripted: HTTPFunction, QueueFunction, TimerFunction {
        struct Attempt: Sendable {
            var context: InvocationContext
            var body: [UInt8] = []
        }

        private let kept = LockedState<[Attempt]>([])
        private let body: @Sendable (InvocationContext) async throws -> Void

        init(_ body: @escaping @Sendable (InvocationContext) async throws -> Void) { self.body = body }
        init(app: AppContext) { body = { _ in } }

        var attempts: [Attempt] { kept.withLock { $0 } }

        func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
            let read = try await request.body.collect(upTo: 8 << 20)
            kept.withLock { $0.append(Attempt(context: context, body: read)) }
            try await body(context)
            return .text("done")
        }

        func receive(_ message: QueueMessage, context: InvocationContext) async throws {
            kept.withLock { $0.append(Attempt(context: context)) }
            try await body(context)
        }

        func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
            kept.withLock { $0.append(Attempt(context: context)) }
            try await body(context)
        }
    }

    private let clock = ManualClock()
    private let entryPoint: EntryPoint

    init() throws { entryPoint = try #require(EntryPoint("Work.Work")) }

    private func function(_ instance: Scripted, retry: RetryPolicy? = nil) -> LoadedFunction {
        LoadedFunction(
            descriptor: FunctionDescriptor(
                name: "work",
                folder: "/app/work",
                file: "work/function.json",
                scriptFile: "libWork.so",
                entryPoint: entryPoint,
                trigger: .http(HTTPTrigger(route: "work")),
                bindings: [],
                retry: retry,
                settings: [],
                isDisabled: false,
                source: []
            ),
            instance: .http(instance)
        )
    }

    private func invoker(_ log: HostLog, retry: RetryPolicy? = nil, timeout: Duration? = nil) -> Invoker {
        Invoker(
            clock: clock,
            random: SeededRandomSource(seed: 1),
            log: log,
            timeout: timeout,
            retry: retry,
            endsOverdueCalls: timeout != nil
        )
    }

    private static func fixed(_ count: Int?, _ seconds: Int = 0) -> RetryPolicy {
        RetryPolicy(maxRetryCount: count, delay: .fixed(.seconds(seconds)))
    }

    private static var debug: LogLevelRules {
        var rules = LogLevelRules()
        rules.set(.from(.debug), for: "default")
        return rules
    }

    private func message(deliveries: Int = 1) throws -> QueueMessage {
        QueueMessage(
            id: "1",
            queue: try QueueName("jobs"),
            tenant: try TenantName("acme"),
            payload: "{}",
            dequeueCount: deliveries,
            insertedAt: clock.now
        )
    }

    @Test func anHTTPFunctionIsRepeatedWhileItsClientWaits() async throws {
        let log = try ReadableLog(levels: Self.debug)
        let instance = Scripted { if ($0.retry?.retryCount ?? 0) < 2 { throw Failure() } }
        let function = function(instance, retry: Self.fixed(5, 90))
        let invoker = invoker(log.log)
        let answer = Task {
            await invoker.respond(function, instance, to: HTTPRequest(path: "/", body: HTTPBody("hi")))
        }
        for _ in 0..<2 {
            await clock.waitForSleepers()
            #expect(invoker.outstandingRetries == 1)
            clock.advance(by: .seconds(90))
        }
        let outcome = await answer.value
        #expect(outcome.response?.status == .ok)
        #expect(invoker.outstandingRetries == 0)
        #expect(instance.attempts.map(\.body) == Array(repeating: Array("hi".utf8), count: 3))
        #expect(
            instance.attempts.map(\.context.retry) == [
                RetryContext(retryCount: 0, maxRetryCount: 5),
                RetryContext(retryCount: 1, maxRetryCount: 5, lastError: "it broke"),
                RetryContext(retryCount: 2, maxRetryCount: 5, lastError: "it broke"),
            ]
        )
        let ids = instance.attempts.map(\.context.invocationID)
        #expect(Set(ids).count == 3)
        let reason = "This function was programmatically called via the host APIs."
        #expect(
            log.finish().filter { !$0.hasSuffix("it broke") } == [
                "Executing 'Functions.work' (Reason='\(reason)', Id=\(ids[0]))",
                "Error: Executed 'Functions.work' (Failed, Id=\(ids[0]), Duration=0ms) GET / 500",
                "Waiting for `00:01:30` before retrying function execution. Next attempt: '1'. Max retry count: '5'.",
                "Executing 'Functions.work' (Reason='\(reason)', Id=\(ids[1]))",
                "Error: Executed 'Functions.work' (Failed, Id=\(ids[1]), Duration=0ms) GET / 500",
                "Waiting for `00:01:30` before retrying function execution. Next attempt: '2'. Max retry count: '5'.",
                "Executing 'Functions.work' (Reason='\(reason)', Id=\(ids[2]))",
                "Executed 'Functions.work' (Succeeded, Id=\(ids[2]), Duration=0ms) GET / 200",
            ]
        )
    }

    @Test(arguments: [0, 1, 3]) func theLastFailureCounts(max: Int) async throws {
        let log = try ReadableLog()
        let instance = Scripted { throw Failure(description: "failure \($0.retryCount)") }
        let outcome = await invoker(log.log).respond(
            function(instance, retry: Self.fixed(max)),
            instance,
            to: HTTPRequest(path: "/")
        )
        #expect(outcome.failure == "failure \(max)")
        #expect(outcome.response?.status == .internalServerError)
        #expect(instance.attempts.count == max + 1)
        #expect(log.finish().last == "Error: Function execution failed after '\(max)' retries.")
    }

    @Test func anAnswerIsNoFailure() async {
        let log = SilentLog(clock: clock)
        let instance = Scripted { _ in throw HTTPError(.conflict, code: "taken", message: "Taken.") }
        let outcome = await invoker(log.log).respond(
            function(instance, retry: Self.fixed(3)),
            instance,
            to: HTTPRequest(path: "/")
        )
        #expect(outcome.response?.status == .conflict)
        #expect(instance.attempts.count == 1)
    }

    @Test func theFunctionsPolicyGoesBeforeTheApps() async throws {
        let log = SilentLog(clock: clock)
        for (own, app, attempts) in [
            (Self.fixed(1), Self.fixed(3), 2), (nil, Self.fixed(3), 4), (Self.fixed(0), Self.fixed(3), 1),
            (nil, nil, 1),
        ] as [(RetryPolicy?, RetryPolicy?, Int)] {
            let instance = Scripted { _ in throw Failure() }
            let function = function(instance, retry: own)
            let invoker = invoker(log.log, retry: app)
            _ = await invoker.fire(function, instance, TimerInfo())
            #expect(instance.attempts.count == attempts)
            _ = try await invoker.receive(function, instance, message())
            #expect(instance.attempts.count == 2 * attempts)
            _ = await invoker.respond(function, instance, to: HTTPRequest(path: "/"))
            #expect(instance.attempts.count == 3 * attempts)
        }
    }

    @Test func withoutAPolicyADeliveryTellsOfTheEarlierOnes() async throws {
        let log = SilentLog(clock: clock)
        let instance = Scripted { _ in }
        _ = try await invoker(log.log).receive(function(instance), instance, message(deliveries: 3))
        #expect(instance.attempts.map(\.context.retryCount) == [2])
        #expect(instance.attempts.map(\.context.retry) == [nil])
    }

    @Test func forEverEndsWithACancellation() async throws {
        let log = try ReadableLog()
        let instance = Scripted { [clock] context in
            if context.retryCount == 50 { try await clock.sleep(for: .seconds(1)) }
            throw Failure()
        }
        let function = function(instance, retry: Self.fixed(nil))
        let invoker = invoker(log.log)
        let message = try message()
        let delivery = Task { await invoker.receive(function, instance, message) }
        await clock.waitForSleepers()
        delivery.cancel()
        #expect(await delivery.value.failure == "CancellationError()")
        #expect(instance.attempts.count == 51)
        #expect(instance.attempts.allSatisfy { $0.context.retry?.maxRetryCount == nil })
        #expect(log.finish().last == "Warning: Invocation cancelled - exiting retry loop.")
    }

    @Test func eachAttemptHasTheWholeTimeAndTheClientGets500() async throws {
        let log = try ReadableLog()
        // The first attempt ignores its cancellation and is left behind.
        let instance = Scripted { [clock] context in
            if context.retryCount == 0 { _ = await Task { try? await clock.sleep(for: .seconds(3600)) }.value }
            try await clock.sleep(for: .seconds(200))
        }
        let function = function(instance, retry: Self.fixed(1))
        let invoker = invoker(log.log, timeout: .seconds(300))
        let answer = Task { await invoker.respond(function, instance, to: HTTPRequest(path: "/")) }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(300))
        // The one left behind, the second attempt and its limit.
        await clock.waitForSleepers(3)
        clock.advance(by: .seconds(200))
        let outcome = await answer.value
        #expect(outcome.response?.status == .ok)
        let first = instance.attempts[0].context.invocationID
        let timeout = "Timeout value of 00:05:00 exceeded by function 'Functions.work' (Id: '\(first)'). "
        #expect(log.finish().first == "Error: \(timeout)Initiating cancellation.")
        clock.advance(by: .seconds(3600))
    }

    @Test(arguments: [
        // chunks of a streamed body, and how many attempts may read it
        (0, 0, 3), (1, 5, 3), (4, 262_144, 3), (5, 262_144, 1), (1, 1_048_577, 1),
    ]) func aStreamedBodyIsReadAgainUpToItsBound(chunks: Int, bytes: Int, attempts: Int) async throws {
        let log = try ReadableLog()
        let instance = Scripted { _ in throw Failure() }
        let left = LockedState(chunks)
        let body = HTTPBody {
            left.withLock { left in
                left -= 1
                return left < 0 ? nil : [UInt8](repeating: UInt8(left), count: bytes)
            }
        }
        let outcome = await invoker(log.log).respond(
            function(instance, retry: Self.fixed(2)),
            instance,
            to: HTTPRequest(path: "/", body: body)
        )
        #expect(!outcome.succeeded)
        #expect(instance.attempts.count == attempts)
        #expect(Set(instance.attempts.map(\.body)).count == 1)
        #expect(instance.attempts[0].body.count == chunks * bytes)
        #expect(
            log.finish().last
                == (attempts > 1
                    ? "Error: Function execution failed after '2' retries."
                    : "Warning: The execution is not repeated: its request's body was longer than 1048576 bytes or broke off, "
                        + "and cannot be read again.")
        )
    }

    @Test func aBodyThatBrokeOffIsNotReadAgain() async throws {
        let log = SilentLog(clock: clock)
        let instance = Scripted { _ in }
        let body = HTTPBody { throw Failure(description: "gone") }
        let outcome = await invoker(log.log).respond(
            function(instance, retry: Self.fixed(2)),
            instance,
            to: HTTPRequest(path: "/", body: body)
        )
        #expect(outcome.failure == "gone")
    }

    @Test func anAttemptReadsOnWhereTheOneBeforeStopped() async throws {
        let next = LockedState(0)
        let body = ReplayableBody(
            HTTPBody {
                next.withLock { next in
                    next += 1
                    return next > 3 ? nil : [UInt8(next)]
                }
            }
        )
        let first = body.makeBody().makeSource()
        #expect(try await first() == [1])
        let second = body.makeBody()
        #expect(body.canReplay)
        #expect(try await second.collect() == [1, 2, 3])
        await #expect(throws: CancellationError.self) { try await first() }
        #expect(try await body.makeBody().collect() == [1, 2, 3])
    }

    struct Pause: Sendable {
        var number: Int
        var fraction: Double
        var milliseconds: Int64
    }

    @Test(arguments: [
        Pause(number: 1, fraction: 0, milliseconds: 5000), Pause(number: 1, fraction: 1, milliseconds: 5000),
        Pause(number: 2, fraction: 0, milliseconds: 9000), Pause(number: 2, fraction: 0.5, milliseconds: 10_000),
        Pause(number: 2, fraction: 1, milliseconds: 11_000), Pause(number: 3, fraction: 0, milliseconds: 13_000),
        Pause(number: 3, fraction: 1, milliseconds: 17_000), Pause(number: 4, fraction: 0.5, milliseconds: 25_000),
        Pause(number: 5, fraction: 0.5, milliseconds: 45_000), Pause(number: 6, fraction: 0, milliseconds: 60_000),
        Pause(number: 1000, fraction: 1, milliseconds: 60_000),
    ]) func exponentialPausesGrowToTheirMaximum(_ row: Pause) {
        let policy = RetryPolicy(
            maxRetryCount: nil,
            delay: .exponential(minimum: .seconds(5), maximum: .seconds(60))
        )
        #expect(
            policy.pause(beforeRetry: row.number, fraction: row.fraction).wholeMilliseconds == row.milliseconds
        )
    }

    @Test func chanceStillCountsJustBelowTheMaximum() {
        let policy = RetryPolicy(maxRetryCount: 9, delay: .exponential(minimum: .seconds(1), maximum: .seconds(8)))
        #expect(policy.pause(beforeRetry: 5, fraction: 0) == .milliseconds(7400))
        #expect(policy.pause(beforeRetry: 5, fraction: 1) == .seconds(8))
    }

    @Test func aZeroMinimumNeverWaits() {
        let policy = RetryPolicy(maxRetryCount: 1, delay: .exponential(minimum: .zero, maximum: .zero))
        for number in [1, 2, 50] { #expect(policy.pause(beforeRetry: number, fraction: 0.5) == .zero) }
    }

    @Test func policiesThatAzureWillNotSupportAreTold() throws {
        let retry = #""retry": {"strategy": "fixedDelay", "maxRetryCount": 1, "delayInterval": "00:00:01"},"#
        let timer = #"{"type": "timerTrigger", "name": "t", "schedule": "0 * * * * *"}"#
        let app = try MemoryAppFiles(functions: [
            "a": functionJSON(httpBinding, more: retry), "b": functionJSON(timer, more: retry),
            "c": functionJSON(httpBinding),
        ]).load()
        #expect(
            app.functions.flatMap(\.warnings) == [
                "Soon retries will not be supported for function 'a'. "
                    + "For more information, please visit http://aka.ms/func-retry-policies."
            ]
        )
    }
}
