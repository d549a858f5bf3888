import Synchronization

/// The messages of one round, for the lanes that handle them.
final class DeliveryBatch: Sendable {
    private let deliveries: [(QueueDelivery, Int)]
    private let slots: Int
    private let taken = Atomic(0)
    private let left: Atomic<Int>
    private let lanes = Atomic(0)
    private let wakeUp = WakeUp()

    /// Takes messages with the numbers of the functions that are to handle them.
    ///
    /// - Parameter slots: how many of them may be handled at once.
    init(_ deliveries: [(QueueDelivery, Int)], slots: Int) {
        self.deliveries = deliveries
        self.slots = slots
        left = Atomic(deliveries.count)
    }

    /// Whether some have to wait until others have ended.
    var isAhead: Bool { deliveries.count > slots }

    /// Whether there are messages that no lane has taken.
    var hasMore: Bool { taken.load(ordering: .relaxed) < deliveries.count }

    /// Takes the next message; nil when there is none.
    func next() -> (QueueDelivery, Int)? {
        let place = taken.add(1, ordering: .relaxed).oldValue
        return place < deliveries.count ? deliveries[place] : nil
    }

    /// Takes all that no lane has taken, so that there is no next one any more.
    ///
    /// - Returns: the messages, each with the number of its function as long as it gives up its slot, and nil after that.
    func close() -> [(QueueDelivery, Int?)] {
        let place = taken.exchange(deliveries.count, ordering: .relaxed)
        guard place < deliveries.count else { return [] }
        let rest = deliveries[place...]
        let (before, after) = left.subtract(rest.count, ordering: .relaxed)
        let freed = min(before, slots) - min(after, slots)
        return rest.enumerated().map { ($1.0, $0 < freed ? $1.1 : nil) }
    }

    /// Notes that a message has been handled; true when another one that was taken ahead has its slot.
    func endMessage() -> Bool { left.subtract(1, ordering: .relaxed).newValue >= slots }

    /// Counts a lane that is to begin; false when there are as many as messages may be handled at once.
    func beginLane() -> Bool {
        guard lanes.load(ordering: .relaxed) < slots else { return false }
        lanes.add(1, ordering: .relaxed)
        return true
    }

    /// Notes that a lane has ended.
    func endLane() {
        lanes.subtract(1, ordering: .relaxed)
        wakeUp.signal()
    }

    /// Tells that a lane has taken its first message.
    func noteLane() { wakeUp.signal() }

    /// Waits until a lane has begun or ended, also in a task that is cancelled.
    func waitForLane() async { await wakeUp.waitEvenIfCancelled() }
}
