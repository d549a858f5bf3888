/// Why a text is no schedule.
package struct ScheduleError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text that was given, cut after ``Schedule/expressionBytesMax``.
    package let expression: String
    /// What is wrong with it: the field, the value, the allowed range.
    package let reason: String

    /// Azure's sentence, then the reason as a second one.
    package var description: String {
        "The schedule expression '\(expression)' was not recognized as a valid cron expression or timespan string. "
            + reason
    }

    init(_ expression: String, _ reason: String) {
        self.expression = expression
        self.reason = reason
    }
}

/// Why a part of an expression is wrong; becomes a ``ScheduleError`` where the whole text is known.
struct ScheduleReason: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
