import FunctionKit

/// How a run of a timer function ended, as its history keeps it.
package struct TimerRunResult: Sendable, Hashable {
    /// What went wrong; nil when the run succeeded.
    package var failure: String?
    /// The id of the invocation, the last one's when it was retried.
    package var invocationID: String?

    /// True when the function returned normally.
    package var succeeded: Bool { failure == nil }

    /// Makes a result; without arguments that of a run which succeeded.
    package init(failure: String? = nil, invocationID: String? = nil) {
        self.failure = failure
        self.invocationID = invocationID
    }

    /// The result of an invocation.
    package init(_ outcome: InvocationOutcome) {
        self.init(failure: outcome.failure, invocationID: outcome.id.description)
    }
}
