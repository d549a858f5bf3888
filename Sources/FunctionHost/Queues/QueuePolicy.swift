/// The bounds of message delivery (`extensions.queues` of `host.json`).
package struct QueuePolicy: Sendable, Hashable {
    /// How many messages of one queue are handled at once: 16, at most 32 as in Azure.
    package var batchSize = 16
    /// How often a message is delivered before it moves to the poison queue: 5.
    package var maxDequeueCount = 5
    /// How long a delivered message stays invisible to others unless it is renewed: 30 s. After a crash of the host, a
    /// message that was being handled is delivered again when this has passed.
    package var lease = Duration.seconds(30)
    /// How long a message rests after its first failure: 2 s. Each further failure doubles the rest.
    package var retryDelay = Duration.seconds(2)
    /// The longest rest between two deliveries: 10 min.
    package var retryDelayMax = Duration.seconds(600)
    /// How often a queue is looked at when nothing tells of new messages: 1 min.
    package var pollingIntervalMax = Duration.seconds(60)

    /// Makes the defaults.
    package init() {}

    /// Takes what `host.json` says; the other bounds keep their defaults.
    package init(_ options: QueueOptions) {
        batchSize = options.batchSize
        maxDequeueCount = options.maxDequeueCount
        retryDelay = options.visibilityTimeout
        pollingIntervalMax = options.maxPollingInterval
    }

    /// How long a message rests after its `failures`-th failure.
    package func delay(afterFailure failures: Int) -> Duration {
        let doublings = min(max(failures - 1, 0), 20)
        return min(retryDelay * (1 << doublings), retryDelayMax)
    }
}

/// What becomes of a message after a delivery.
package enum QueueDisposition: Sendable, Hashable {
    /// It is removed.
    case delete
    /// It becomes visible again after a rest.
    case retry(after: Duration)
    /// It moves to the poison queue.
    case poison
}

extension QueuePolicy {
    /// Decides what becomes of a message that was delivered `dequeueCount` times and now succeeded or failed.
    package func disposition(succeeded: Bool, dequeueCount: Int) -> QueueDisposition {
        if succeeded { return .delete }
        return dequeueCount >= maxDequeueCount ? .poison : .retry(after: delay(afterFailure: dequeueCount))
    }
}
