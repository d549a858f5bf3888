import FunctionKit

/// Why an invocation happens: the reason in Azure's words, and lines of details behind it. Made only when the log tells of it.
struct InvocationCause: Sendable {
    let lines: @Sendable () -> [String]

    /// An HTTP request, or somebody who fires a function by hand.
    static let call = InvocationCause { ["This function was programmatically called via the host APIs."] }

    /// A message that a queue delivers.
    static func message(_ message: QueueMessage) -> InvocationCause {
        InvocationCause {
            [
                "New queue message detected on '\(message.queue)'.",
                "Trigger Details: MessageId: \(message.id), DequeueCount: \(message.dequeueCount), "
                    + "InsertedOn: \(message.insertedAt)",
            ]
        }
    }

    /// A timer that is due.
    static func timer(_ firing: TimerFiring, _ zone: TimeZoneRules) -> InvocationCause {
        InvocationCause { firing.reasonLines(in: zone) }
    }
}
