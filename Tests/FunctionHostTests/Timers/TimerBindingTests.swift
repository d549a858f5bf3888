import FunctionKit
import Testing

@testable import FunctionHost

/// `missed` of a timer binding.
@Suite struct TimerBindingTests {
    private func app(_ missed: String) throws -> LoadedApp {
        let binding = #"{"type": "timerTrigger", "name": "t", "schedule": "0 */5 * * * *"\#(missed)}"#
        let function = #"{"scriptFile": "libF.so", "entryPoint": "F.F", "bindings": [\#(binding)]}"#
        return try MemoryAppFiles(functions: ["f": function]).load()
    }

    @Test(arguments: [
        ("", MissedRunPolicy.once), (#", "missed": null"#, .once), (#", "missed": "once""#, .once),
        (#", "missed": "skip""#, .skip), (#", "Missed": "All""#, .all),
    ])
    func isRead(text: String, missed: MissedRunPolicy) throws {
        let app = try app(text)
        #expect(app.problems.isEmpty)
        #expect(app.functions.first?.trigger == .timer(TimerTrigger(schedule: "0 */5 * * * *", missed: missed)))
    }

    @Test(arguments: [#""never""#, #""""#, "1", "true", "[]"])
    func isValidated(text: String) throws {
        let app = try app(#", "missed": \#(text)"#)
        #expect(app.functions.isEmpty)
        #expect(
            app.problems.map(\.description).first?.contains(
                "\(text) is not a rule for missed runs. Use \"once\" (one run for all of them, the default), \"skip\" or "
                    + "\"all\"."
            ) == true,
            "\(app.problems)"
        )
    }
}
