/// How many messages are taken together with a batch although no function is free for them yet.
///
/// A function of short runs is through with its batch long before the next one is durably taken. So as many more are taken as it is
/// likely to begin soon; they wait in the host, and no more of them run at once than without. A function that takes its time
/// gets its batch alone, so that another host of a shared store can have the rest; so does one that is to have its messages one
/// by one, or whose messages may fail only once: a crash counts as a failure of all that the host holds.
struct TakeAhead: Sendable {
    /// The most messages of one round, those for which there is room included: 256.
    static let messagesMax = 256
    /// The most bytes of payloads from which on a round takes nothing ahead: 1 MiB.
    static let bytesMax = 1 << 20
    /// How long a message may have to wait for its turn, by the average of the runs before: 5 ms.
    static let waitMax = Duration.milliseconds(5)
    /// After how long the messages whose turn has not come are given back: 1 s.
    static let patience = Duration.seconds(1)

    private let isWanted: Bool
    /// Of the runs so far, later ones counting more. It begins as if they were long: about sixty short ones show that they are not.
    private var averageMilliseconds = 100.0

    init(_ policy: QueuePolicy) { isWanted = policy.batchSize > 1 && policy.maxDequeueCount > 1 }

    /// Notes how long a run took.
    mutating func note(nanoseconds: Int64) {
        averageMilliseconds += (Double(nanoseconds) / 1e6 - averageMilliseconds) / 16
    }

    /// How many messages to take beside those for which there is room.
    func count(beside room: Int) -> Int {
        guard isWanted else { return 0 }
        let soon = Double(room) * (Self.waitMax / .milliseconds(1)) / max(averageMilliseconds, 0.01)
        return max(Int(min(soon, Double(Self.messagesMax))) - room, 0)
    }
}
