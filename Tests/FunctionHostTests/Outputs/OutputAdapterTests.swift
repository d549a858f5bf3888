import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What the host makes of a function's outputs.
struct OutputAdapterTests {
    private static let jobs = QueueOutput.text("jobs")
    private static let other = QueueOutput.text("other")

    /// Gives what its script says.
    private struct Scripted: HTTPOutputFunction, TimerOutputFunction, QueueOutputFunction {
        static let outputs = [OutputAdapterTests.jobs.binding]
        let script: @Sendable () throws -> Outputs

        init(app: AppContext) { script = { .none } }
        init(_ script: @escaping @Sendable () throws -> Outputs) { self.script = script }

        func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResult {
            HTTPResult(.text("done"), try script())
        }
        func fire(_ timer: TimerInfo, context: InvocationContext) async throws -> Outputs { try script() }
        func receive(_ message: QueueMessage, context: InvocationContext) async throws -> Outputs { try script() }
    }

    private let app = TestApp()
    private let engine: FaultyStoreEngine
    private let queues: OutputQueues
    private let acme: TenantStore

    init() throws {
        engine = FaultyStoreEngine(app.engine)
        let context = app.context(for: "order")
        let store = Store(engine: engine, clock: app.clock, random: app.random, logger: context.logger)
        let faulty = AppContext(
            functionName: "order",
            settings: context.settings,
            store: store,
            http: context.http,
            clock: app.clock,
            random: app.random,
            files: context.files,
            logger: context.logger,
            environment: context.environment
        )
        queues = OutputQueues(of: try Self.descriptor(), app: faulty)
        acme = try app.store.tenant("acme")
    }

    private static func descriptor() throws -> FunctionDescriptor {
        var reader = DescriptorReader(name: "order", folder: "order", file: "order/function.json") { _ in "jobs-test" }
        let text = """
            {"bindings": [{"type": "httpTrigger", "name": "r"},
             {"type": "queue", "direction": "out", "name": "jobs", "queueName": "%JOBS%"}]}
            """
        let descriptor = reader.read(Array(text.utf8))
        return try #require(descriptor)
    }

    private func outputs(_ texts: [String], to output: QueueOutput<String> = jobs) throws -> Outputs {
        var outputs = Outputs(for: acme.name)
        for text in texts { try outputs.send(text, to: output) }
        return outputs
    }

    private func enqueued() async throws -> [String] {
        try await acme.collection(.queues).page(index: "by_visibility", equals: ["jobs-test"]).items.map(\.payload)
            .sorted()
    }

    @Test func anAnswerComesWithItsOutputsInOneBatch() async throws {
        let outputs = try outputs(["a", "b"])
        let commits = LockedState<[Int]>([])
        engine.inject { _, call in
            if case .commit(let batch) = call { commits.withLock { $0.append(batch.writes.count) } }
            return nil
        }
        let adapter = HTTPOutputAdapter(function: Scripted { outputs }, queues: queues)
        let response = try await adapter.respond(to: HTTPRequest(path: "/"), context: app.invocation())
        #expect(response.status == .ok)
        #expect(try await enqueued() == ["a", "b"])
        #expect(commits.withLock { $0 } == [2])
    }

    @Test func withoutOutputsNothingIsCommitted() async throws {
        engine.inject { _, _ in StoreError(.unavailable, "Nobody may ask.") }
        let none = HTTPOutputAdapter(function: Scripted { .none }, queues: queues)
        #expect(try await none.respond(to: HTTPRequest(path: "/"), context: app.invocation()).status == .ok)
        let empty = try outputs([])
        try await TimerOutputAdapter(function: Scripted { empty }, queues: queues)
            .fire(TimerInfo(), context: app.invocation())
    }

    @Test func aCommitThatFailsFailsTheInvocation() async throws {
        let outputs = try outputs(["a"])
        engine.inject { _, call in
            if case .commit = call { StoreError(.unavailable, "The disk is full.") } else { nil }
        }
        let adapter = HTTPOutputAdapter(function: Scripted { outputs }, queues: queues)
        let error = await #expect(throws: OutputError.self) {
            try await adapter.respond(to: HTTPRequest(path: "/"), context: app.invocation())
        }
        #expect(error?.description == "The outputs of 'order' cannot be committed: The disk is full.")
        #expect(try await enqueued() == [])
    }

    @Test func aFunctionThatThrowsOrWasCancelledLeavesNothing() async throws {
        struct Refusal: Error {}
        let throwing = TimerOutputAdapter(function: Scripted { throw Refusal() }, queues: queues)
        await #expect(throws: Refusal.self) { try await throwing.fire(TimerInfo(), context: app.invocation()) }
        let outputs = try outputs(["a"])
        let adapter = TimerOutputAdapter(function: Scripted { outputs }, queues: queues)
        let context = app.invocation()
        let run = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await adapter.fire(TimerInfo(), context: context)
        }
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(try await enqueued() == [])
    }

    @Test func anUndeclaredBindingNamesFileAndRemedy() async throws {
        let outputs = try outputs(["a"], to: Self.other)
        let adapter = TimerOutputAdapter(function: Scripted { outputs }, queues: queues)
        let error = await #expect(throws: OutputError.self) {
            try await adapter.fire(TimerInfo(), context: app.invocation())
        }
        #expect(
            error?.description
                == "The function sends to the output 'other', which 'order/function.json' does not declare. Add "
                + #"{ "type": "queue", "direction": "out", "name": "other", "queueName": "…" } to its bindings."#
        )
    }

    private func message() throws -> QueueMessage {
        QueueMessage(
            id: "m",
            queue: try QueueName("incoming"),
            tenant: acme.name,
            payload: "",
            insertedAt: app.clock.now
        )
    }

    private func handle(_ instance: QueueInstance, _ message: QueueMessage) async -> QueueListener.Handled {
        await instance.handle(message) { handler in
            var failure: String?
            do { try await handler.receive(message, context: app.invocation()) } catch { failure = "\(error)" }
            return InvocationOutcome(
                id: InvocationID(high: 0, low: 0),
                nanoseconds: 0,
                failure: failure,
                response: nil
            )
        }
    }

    @Test func aMessagesOwnOutputsAreLeftToItsRemoval() async throws {
        let outputs = try outputs(["a", "b"])
        let handled = await handle(QueueInstance(Scripted { outputs }, queues), try message())
        #expect(handled.failure == nil)
        #expect(handled.outputs.count == 2)
        #expect(try await enqueued() == [])
    }

    @Test func outputsForAnotherTenantAreCommittedAtOnce() async throws {
        let outputs = try outputs(["a"])
        var message = try message()
        message = QueueMessage(
            id: "m",
            queue: message.queue,
            tenant: try TenantName("umbrella"),
            payload: "",
            insertedAt: app.clock.now
        )
        let handled = await handle(QueueInstance(Scripted { outputs }, queues), message)
        #expect(handled.failure == nil)
        #expect(handled.outputs.isEmpty)
        #expect(try await enqueued() == ["a"])
    }
}
