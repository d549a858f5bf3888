import FunctionKit
import FunctionTesting

@testable import FunctionHost

extension TestApp {
    /// A listener with the default bounds and one function.
    ///
    /// - Parameter store: where the messages are, if not in the app's store.
    func queueListener(
        _ queue: QueueName,
        store: Store? = nil,
        _ handler: @escaping QueueListener.Handler
    ) -> QueueListener {
        QueueListener(
            queue: queue,
            store: store ?? self.store,
            policy: QueuePolicy(),
            owner: QueueOwner(host: "host", listener: "1"),
            ownsStore: true,
            clock: clock,
            logger: Logger(sink: log, category: "Host.Queues"),
            handlers: [handler]
        )
    }

    /// The same, which hears of the commits.
    func observingQueueListener(
        _ queue: QueueName,
        store: Store? = nil,
        _ handler: @escaping QueueListener.Handler
    ) -> QueueListener {
        let listener = queueListener(queue, store: store, handler)
        engine.observeCommits { listener.notice($0.tenant) }
        return listener
    }
}
