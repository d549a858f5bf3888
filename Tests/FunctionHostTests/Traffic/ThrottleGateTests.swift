import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Requests at the gate: waiting, refused, given up, streaming.
struct ThrottleGateTests {
    private let clock = ManualClock()
    private let request = HTTPRequest(path: "/api/x")

    private func gate(
        _ log: any LogSink = RecordingLog(),
        running: Int? = nil,
        outstanding: Int? = nil
    ) throws -> ThrottleGate {
        var options = HTTPOptions()
        options.maxConcurrentRequests = running
        options.maxOutstandingRequests = outstanding
        return try #require(ThrottleGate(options, clock: clock, logger: Logger(sink: log, category: "Host.Http")))
    }

    /// Comes back when the gate has this many running and waiting.
    private func wait(for gate: ThrottleGate, running: Int, waiting: Int) async {
        while gate.counts != (running, waiting) { await Task.yield() }
    }

    /// A request that runs until the clock has moved an hour.
    private func long(_ gate: ThrottleGate) -> Task<HTTPStatus, Never> {
        Task { [clock, request] in
            await gate.pass(request) { _ in
                try? await clock.sleep(for: .seconds(3600))
                return .text("done")
            }.status
        }
    }

    @Test func withoutLimitsThereIsNoGate() {
        #expect(ThrottleGate(HTTPOptions(), clock: clock, logger: Logger(sink: RecordingLog(), category: "x")) == nil)
    }

    @Test func requestsWaitForTheirTurn() async throws {
        let gate = try gate(running: 1)
        let first = long(gate)
        await wait(for: gate, running: 1, waiting: 0)
        let second = long(gate)
        await wait(for: gate, running: 1, waiting: 1)
        await clock.waitForSleepers()
        clock.advance(by: .seconds(3600))
        #expect(await first.value == .ok)
        await wait(for: gate, running: 1, waiting: 0)
        await clock.waitForSleepers()
        clock.advance(by: .seconds(3600))
        #expect(await second.value == .ok)
        #expect(gate.counts == (0, 0))
    }

    @Test func beyondTheLimitTheAnswerIs429() async throws {
        let log = RecordingLog()
        let gate = try gate(log, running: 1, outstanding: 2)
        let running = long(gate)
        await wait(for: gate, running: 1, waiting: 0)
        let waiting = long(gate)
        await wait(for: gate, running: 1, waiting: 1)
        for _ in 0..<5 {
            let response = await gate.pass(request) { _ in .text("never") }
            #expect(response.status == .tooManyRequests)
            #expect(response.headers["X-FUNCTION-SCALEOUT"] == "1")
            #expect(response.body.isEmpty)
        }
        #expect(log.messages(.warning) == ["Http request queue limit of 2 has been exceeded."])
        clock.advance(by: .seconds(1))
        _ = await gate.pass(request) { _ in .text("never") }
        #expect(log.messages(.warning).count == 2)
        for _ in 0..<2 {
            await clock.waitForSleepers()
            clock.advance(by: .seconds(3600))
        }
        #expect(await running.value == .ok)
        #expect(await waiting.value == .ok)
    }

    @Test func aWaiterWhoGoesFreesItsPlace() async throws {
        let gate = try gate(running: 1, outstanding: 2)
        let running = long(gate)
        await wait(for: gate, running: 1, waiting: 0)
        let gone = long(gate)
        await wait(for: gate, running: 1, waiting: 1)
        gone.cancel()
        #expect(await gone.value == .serviceUnavailable)
        #expect(gate.counts == (1, 0))
        let next = long(gate)
        await wait(for: gate, running: 1, waiting: 1)
        for _ in 0..<2 {
            await clock.waitForSleepers()
            clock.advance(by: .seconds(3600))
        }
        #expect(await running.value == .ok)
        #expect(await next.value == .ok)
    }

    @Test func aStreamedBodyHoldsItsPlaceToItsEnd() async throws {
        let gate = try gate(running: 1)
        let left = LockedState(2)
        func answer(_ request: HTTPRequest) -> HTTPResponse {
            HTTPResponse(
                body: HTTPBody {
                    left.withLock { left in
                        left -= 1; return left < 0 ? nil : [1]
                    }
                }
            )
        }
        let response = await gate.pass(request, to: answer)
        #expect(gate.counts.running == 1)
        #expect(try await response.body.collect() == [1, 1])
        #expect(gate.counts.running == 0)
        // A body that nobody reads frees it when it is thrown away.
        do {
            let unread = await gate.pass(request, to: answer)
            #expect(gate.counts.running == 1)
            withExtendedLifetime(unread) {}
        }
        #expect(gate.counts.running == 0)
    }

    @Test func manyAtOnceAreAllAnsweredAndNeverMoreThanTheLimitRun() async throws {
        let gate = try gate(running: 3)
        let running = LockedState((now: 0, most: 0))
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<500 {
                group.addTask { [request] in
                    let call = Task {
                        await gate.pass(request) { _ in
                            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                            await Task.yield()
                            running.withLock { $0.now -= 1 }
                            return .text("done")
                        }
                    }
                    if index % 3 == 0 { call.cancel() }
                    _ = await call.value
                }
            }
        }
        #expect(running.withLock { $0.most } <= 3)
        #expect(gate.counts == (0, 0))
    }
}
