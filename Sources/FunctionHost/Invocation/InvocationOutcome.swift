package import FunctionKit

/// How an invocation ended.
package struct InvocationOutcome: Sendable {
    /// The invocation's id.
    package let id: InvocationID
    /// How many nanoseconds it ran.
    let nanoseconds: Int64
    /// What went wrong, for the log and the operator; nil when it succeeded.
    package let failure: String?
    /// What an HTTP function answered.
    package let response: HTTPResponse?

    /// How long it ran.
    package var duration: Duration { .nanoseconds(nanoseconds) }
    /// True when the function returned normally.
    package var succeeded: Bool { failure == nil }

    /// The outcome when the app went away before the invocation could begin.
    static let notRunning = InvocationOutcome(
        id: InvocationID(high: 0, low: 0),
        nanoseconds: 0,
        failure: "Function host is not running.",
        response: nil
    )
}

/// An invocation could not begin.
struct InvocationRefusal: Error, CustomStringConvertible {
    let description: String
}

/// The host cancelled an invocation because it ran longer than `functionTimeout`.
package struct FunctionTimeoutError: Error, CustomStringConvertible {
    /// The function's name.
    let function: String
    /// The bound that it exceeded.
    let timeout: Duration

    /// Azure's words.
    package var description: String {
        "Timeout value of \(timeSpanText(timeout)) was exceeded by function: Functions.\(function)"
    }
}

/// A duration as .NET's `TimeSpan` prints it: `00:05:00`, with days and fractions only when there are any.
func timeSpanText(_ duration: Duration) -> String {
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let milliseconds = duration.wholeMilliseconds
    let seconds = milliseconds / 1000
    let days = seconds / 86_400
    var text = "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    if days > 0 { text = "\(days)." + text }
    let fraction = milliseconds % 1000
    if fraction > 0 { text += ".\(fraction < 100 ? "0" : "")\(fraction < 10 ? "0" : "")\(fraction)0000" }
    return text
}
