import FunctionKit

/// Why an invocation happens: the reason in Azure's words, and lines of details behind it.
enum InvocationCause: Sendable {
    /// An HTTP request, or somebody who fires a function by hand.
    case call
    /// A message that a queue delivers.
    case message(QueueMessage)
    /// A timer that is due.
    case timer(TimerFiring, TimeZoneRules)

    /// The reason and the details. Made only when the log tells of it.
    var lines: [String] {
        switch self {
        case .call: ["This function was programmatically called via the host APIs."]
        case .message(let message):
            [
                "New queue message detected on '\(message.queue)'.",
                "Trigger Details: MessageId: \(message.id), DequeueCount: \(message.dequeueCount), "
                    + "InsertedOn: \(message.insertedAt)",
            ]
        case .timer(let firing, let zone): firing.reasonLines(in: zone)
        }
    }
}
