extension FunctionText {
    /// A timer function that says what time it is.
    static func timer(_ name: NewFunctionName) -> FunctionText {
        FunctionText(
            descriptor: """
                {
                  "bindings": [
                    { "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "0 */5 * * * *" }
                  ]
                }

                """,
            source: """
                public import FunctionKit

                /// Says what time it is, every five minutes.
                public struct \(name.module): TimerFunction {
                    private let clock: any AppClock

                    /// Takes the clock, which a test moves.
                    public init(app: AppContext) { clock = app.clock }

                    /// Runs once for each occurrence of the schedule in `function.json`.
                    public func fire(_ timer: TimerInfo, context: InvocationContext) {
                        if timer.isPastDue { context.logger.warning("This run is late: no host ran when it was due.") }
                        context.logger.info("It is \\(clock.now).")
                    }
                }

                """,
            test: """
                import FunctionKit
                import FunctionTesting
                import Testing

                @testable import \(name.module)

                struct \(name.module)Tests {
                    @Test(arguments: [false, true])
                    func saysWhatTimeItIs(isPastDue: Bool) {
                        let app = TestApp()
                        let function = \(name.module)(app: app.context())
                        function.fire(TimerInfo(isPastDue: isPastDue), context: app.invocation())
                        #expect(app.log.messages(.information) == ["It is \\(app.clock.now)."])
                        #expect(app.log.messages(.warning).count == (isPastDue ? 1 : 0))
                    }
                }

                """
        )
    }
}
