import FunctionKit

extension FunctionText {
    /// A queue function that reads JSON messages.
    static func queue(_ name: NewFunctionName) -> FunctionText {
        let queue = queueName(name.folder)
        return FunctionText(
            descriptor: """
                {
                  "bindings": [
                    { "type": "queueTrigger", "direction": "in", "name": "message", "queueName": "\(queue)" }
                  ]
                }

                """,
            source: """
                public import FunctionKit

                /// Handles the messages of the queue `\(queue)`.
                public struct \(name.module): JSONQueueFunction {
                    /// What a message holds: `{"text": "…"}`.
                    public struct Message: Decodable, Sendable {
                        /// What is to be said.
                        public var text: String
                    }

                    /// Needs nothing of the app.
                    public init(app: AppContext) {}

                    /// Handles one message. After a throw it comes again, and after five deliveries it lies in
                    /// `\(queue)-poison`; so what is done here must do no harm when it is done twice.
                    public func receive(_ payload: Message, of message: QueueMessage, context: InvocationContext) {
                        context.logger.info("Message \\(message.id) says: \\(payload.text)")
                    }
                }

                """,
            test: """
                import FunctionKit
                import FunctionTesting
                import Testing

                @testable import \(name.module)

                struct \(name.module)Tests {
                    private let app = TestApp()

                    private func receive(_ payload: String) async throws {
                        let message = QueueMessage(
                            id: "1",
                            queue: try QueueName("\(queue)"),
                            tenant: try TenantName("acme"),
                            payload: payload,
                            insertedAt: app.clock.now
                        )
                        try await \(name.module)(app: app.context()).receive(message, context: app.invocation())
                    }

                    @Test func saysWhatTheMessageSays() async throws {
                        try await receive(#"{"text": "good morning"}"#)
                        #expect(app.log.messages(.information) == ["Message 1 says: good morning"])
                    }

                    @Test(arguments: ["", "{}", #"{"text": 1}"#])
                    func aMessageOfAnotherShapeFails(payload: String) async {
                        await #expect(throws: DecodingError.self) { try await receive(payload) }
                        #expect(app.log.records.isEmpty)
                    }
                }

                """
        )
    }

    /// A queue's name for a function's: small letters, digits and single dashes, short enough for `-poison` to fit behind.
    static func queueName(_ name: String) -> String {
        let words = name.lowercased().split { $0 == "-" || $0 == "_" }.joined(separator: "-")
        var text = String(words.prefix(56))
        while text.hasSuffix("-") { text.removeLast() }
        return text.utf8.count < 3 ? text + "-queue" : text
    }
}
