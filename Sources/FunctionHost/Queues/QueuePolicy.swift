package import FunctionKit

/// The bounds of message delivery (`extensions.queues` of `host.json`).
package struct QueuePolicy: Sendable, Hashable {
    /// How many messages of one queue one function has at the most, being handled or being taken: 1,024, whatever
    /// ``newBatchThreshold`` says.
    package static let inFlightMax = 1024

    /// How many messages are taken at once for one function: 16, at most 32 as in Azure.
    package var batchSize = 16
    /// Messages are taken when a function handles this many or fewer: half of ``batchSize``. So a function handles as many as both
    /// together at once.
    package var newBatchThreshold = 8
    /// How often a message is delivered before it moves to the poison queue: 5.
    package var maxDequeueCount = 5
    /// How long a message is kept for the function that handles it; renewed when a third has passed. On a store that several
    /// hosts share, another host takes it over when the lease has run out: 30 s.
    package var lease = Duration.seconds(30)
    /// How long a message rests after its first failure: 2 s. Each further failure doubles the rest.
    package var retryDelay = Duration.seconds(2)
    /// The longest rest between two deliveries: 10 min.
    package var retryDelayMax = Duration.seconds(600)
    /// When a queue that could not be read is looked at again: 1 min.
    package var pollingIntervalMax = Duration.seconds(60)

    /// Makes the defaults.
    package init() {}

    /// Takes what `host.json` says; the other bounds keep their defaults.
    package init(_ options: QueueOptions) {
        batchSize = options.batchSize
        newBatchThreshold = options.newBatchThreshold
        maxDequeueCount = options.maxDequeueCount
        retryDelay = options.visibilityTimeout
        pollingIntervalMax = options.maxPollingInterval
    }

    /// How long a message rests after its `failures`-th failure; where it can fail without end at least 2 s at first, so that it
    /// does not come again all the time.
    package func delay(afterFailure failures: Int, endless: Bool = false) -> Duration {
        let doublings = min(max(failures - 1, 0), 20)
        let first = endless ? max(retryDelay, QueuePolicy().retryDelay) : retryDelay
        return min(first * (1 << doublings), retryDelayMax)
    }

    /// How many messages are taken now for a function that handles `inFlight`: whole batches as long as it handles
    /// ``newBatchThreshold`` or fewer.
    package func room(inFlight: Int) -> Int {
        guard inFlight <= newBatchThreshold else { return 0 }
        let threshold = min(newBatchThreshold, Self.inFlightMax - batchSize)
        guard inFlight <= threshold else { return 0 }
        return ((threshold - inFlight) / batchSize + 1) * batchSize
    }
}

/// What becomes of a message after a delivery.
package enum QueueDisposition: Sendable, Hashable {
    /// It is removed.
    case delete
    /// It becomes visible again after a rest, with one more failure counted.
    case retry(after: Duration)
    /// It moves to the poison queue.
    case poison
    /// It is as if it had not been delivered: the host broke the delivery off, or took the message in vain.
    case release
}

extension QueuePolicy {
    /// Decides what becomes of a message that was delivered `dequeueCount` times and now succeeded or failed.
    ///
    /// A message of a poison queue has no poison queue to go to, nor has one of a queue with too long a name: it rests for
    /// ``retryDelayMax`` at the most and comes again, never without a rest.
    package func disposition(succeeded: Bool, dequeueCount: Int, in queue: QueueName) -> QueueDisposition {
        if succeeded { return .delete }
        let hasPoisonQueue = !queue.isPoison && (try? queue.poison) != nil
        return dequeueCount >= maxDequeueCount && hasPoisonQueue
            ? .poison : .retry(after: delay(afterFailure: dequeueCount, endless: !hasPoisonQueue))
    }
}
