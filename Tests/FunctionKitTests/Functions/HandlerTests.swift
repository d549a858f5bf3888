import FunctionKit
import FunctionTesting
import Testing

/// The typed adapters and the closures above the one-requirement protocols.
struct HandlerTests {
    struct Greeting: Codable, Sendable, Equatable { var name: String }
    struct Refused: Error, Equatable {}

    struct Greeter: JSONFunction {
        init(app: AppContext) async throws {}
        func respond(to input: Greeting, context: InvocationContext) async throws -> [String] {
            guard input.name != "nobody" else { throw HTTPError(.forbidden, code: "nobody", message: "Nobody.") }
            return ["hello, \(input.name)", context.functionName]
        }
    }

    struct Mailer: JSONQueueFunction {
        let log: Logger
        init(app: AppContext) async throws { log = app.logger }
        func receive(_ payload: Greeting, of message: QueueMessage, context: InvocationContext) async throws {
            guard payload.name != "nobody" else { throw Refused() }
            log.info("\(message.id): \(payload.name), \(message.dequeueCount)")
        }
    }

    private let app = TestApp()

    private func post(_ body: String) -> HTTPRequest { HTTPRequest(method: .post, path: "/", body: HTTPBody(body)) }

    private func message(_ payload: String) throws -> QueueMessage {
        QueueMessage(
            id: "m1",
            queue: try QueueName("mails"),
            tenant: try TenantName("acme"),
            payload: payload,
            dequeueCount: 2,
            insertedAt: app.clock.now
        )
    }

    /// A type and a closure that shall do the same.
    private func greeters() async throws -> [any HTTPHandling] {
        let greeter = try await Greeter(app: app.context())
        return [
            greeter,
            HTTPHandler.json { (input: Greeting, context) in try await greeter.respond(to: input, context: context) },
        ]
    }

    private func mailers() async throws -> [any QueueHandling] {
        let mailer = try await Mailer(app: app.context())
        return [
            mailer,
            QueueHandler.json { (payload: Greeting, message, context) in
                try await mailer.receive(payload, of: message, context: context)
            },
        ]
    }

    @Test func aJSONFunctionDecodesAndEncodes() async throws {
        for greeter in try await greeters() {
            let response = try await greeter.respond(
                to: post(#"{"name":"Dana"}"#),
                context: app.invocation(of: "greet")
            )
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == "application/json")
            #expect(response.body.bytes == Array(#"["hello, Dana","greet"]"#.utf8))
        }
    }

    @Test(arguments: [
        ("", 400, "The body is not valid JSON."), ("{}", 400, "The field 'name' is missing."),
        (#"{"name":7}"#, 400, "The field 'name' has the wrong type."), (#"{"name":"nobody"}"#, 403, "Nobody."),
        (String(repeating: " ", count: 1_048_577), 413, "The request body is larger than 1048576 bytes."),
    ])
    func aJSONFunctionExplainsABadBody(body: String, status: Int, message: String) async throws {
        for greeter in try await greeters() {
            let error = await #expect(throws: HTTPError.self) {
                _ = try await greeter.respond(to: post(body), context: app.invocation())
            }
            #expect(error?.status.rawValue == status)
            #expect(error?.message == message)
        }
    }

    @Test func aJSONQueueFunctionReceivesThePayloadAndTheMessage() async throws {
        for mailer in try await mailers() {
            try await mailer.receive(try message(#"{"name":"Dana"}"#), context: app.invocation())
        }
        #expect(app.log.messages(.information) == ["m1: Dana, 2", "m1: Dana, 2"])
    }

    @Test(arguments: ["", "{}", "[]", "Dana", #"{"name":null}"#])
    func aPayloadOfAnotherFormFails(payload: String) async throws {
        for mailer in try await mailers() {
            await #expect(throws: DecodingError.self) {
                try await mailer.receive(try message(payload), context: app.invocation())
            }
        }
        #expect(app.log.records.isEmpty)
    }

    @Test func whatAQueueFunctionThrowsArrives() async throws {
        for mailer in try await mailers() {
            await #expect(throws: Refused.self) {
                try await mailer.receive(try message(#"{"name":"nobody"}"#), context: app.invocation())
            }
        }
    }

    @Test func aClosureAnswersRequests() async throws {
        let hello = HTTPHandler { request, context in
            guard let name = request.queryValue("name") else { throw Refused() }
            return .text("\(context.functionName): hello, \(name)")
        }
        let response = try await hello.respond(
            to: HTTPRequest(path: "/", query: "name=Dana"),
            context: app.invocation(of: "hello")
        )
        #expect(response.body.bytes == Array("hello: hello, Dana".utf8))
        await #expect(throws: Refused.self) {
            _ = try await hello.respond(to: HTTPRequest(path: "/"), context: app.invocation())
        }
    }

    @Test func closuresWrapClosures() async throws {
        let inner = HTTPHandler { _, _ in .text("in") }
        let outer = HTTPHandler { request, context in
            var response = try await inner.respond(to: request, context: context)
            response.headers["X-Outer"] = "1"
            return response
        }
        let response = try await outer.respond(to: HTTPRequest(path: "/"), context: app.invocation())
        #expect(response.headers["X-Outer"] == "1")
        #expect(response.body.bytes == Array("in".utf8))
    }

    @Test func aClosureIsFiredByATimer() async throws {
        let timer = TimerHandler { timer, context in
            guard timer.isPastDue else { throw Refused() }
            context.logger.info("late, retry \(context.retryCount)")
        }
        try await timer.fire(TimerInfo(isPastDue: true), context: app.invocation(retryCount: 3))
        #expect(app.log.messages(.information) == ["late, retry 3"])
        await #expect(throws: Refused.self) { try await timer.fire(TimerInfo(), context: app.invocation()) }
    }

    @Test func aClosureReceivesMessages() async throws {
        let queue = QueueHandler { message, context in context.logger.info("\(message.queue) \(message.payload)") }
        try await queue.receive(try message("not JSON"), context: app.invocation())
        #expect(app.log.messages(.information) == ["mails not JSON"])
    }
}
