import Synchronization

/// The messages of one round, for the lanes that handle them.
final class DeliveryBatch: Sendable {
    private let deliveries: [(QueueDelivery, Int)]
    private let taken = Atomic(0)
    private let wakeUp = WakeUp()

    /// Takes messages with the numbers of the functions that are to handle them.
    init(_ deliveries: [(QueueDelivery, Int)]) { self.deliveries = deliveries }

    /// Whether there are messages that no lane has taken.
    var hasMore: Bool { taken.load(ordering: .relaxed) < deliveries.count }

    /// Takes the next message; nil when there is none.
    func next() -> (QueueDelivery, Int)? {
        let place = taken.add(1, ordering: .relaxed).oldValue
        return place < deliveries.count ? deliveries[place] : nil
    }

    /// Tells that a lane has begun, or that one takes nothing more.
    func noteLane() { wakeUp.signal() }

    /// Waits for the next such event, also in a task that is cancelled.
    func waitForLane() async { await wakeUp.waitEvenIfCancelled() }
}
