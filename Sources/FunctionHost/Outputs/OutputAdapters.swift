package import FunctionKit

/// An HTTP function with outputs as one without: it answers when they are durable.
struct HTTPOutputAdapter: HTTPHandling {
    let function: any HTTPOutputFunction
    let queues: OutputQueues

    func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        let result = try await function.respond(to: request, context: context)
        try await queues.commit(result.outputs)
        return result.response
    }
}

/// A timer function with outputs as one without: its run ends when they are durable.
struct TimerOutputAdapter: TimerHandling {
    let function: any TimerOutputFunction
    let queues: OutputQueues

    func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
        try await queues.commit(try await function.fire(timer, context: context))
    }
}

/// A queue function with or without outputs.
package struct QueueInstance: Sendable {
    private enum Function: Sendable {
        case plain(any QueueHandling)
        case withOutputs(any QueueOutputFunction, OutputQueues)
    }

    private let function: Function

    /// Takes a function without outputs.
    package init(_ function: any QueueHandling) { self.function = .plain(function) }

    /// Takes a function with outputs.
    package init(_ function: any QueueOutputFunction, _ queues: OutputQueues) {
        self.function = .withOutputs(function, queues)
    }

    /// Handles a message that lies in no queue, by hand: outputs are committed when the function has returned.
    package var committing: any QueueHandling {
        switch function {
        case .plain(let function): function
        case .withOutputs(let function, let queues):
            QueueHandler { message, context in
                try await queues.commit(try await function.receive(message, context: context))
            }
        }
    }

    /// Handles a message of a queue.
    ///
    /// - Parameter invoke: lets the handler work on the message, and tells the failure if there is one.
    /// - Returns: what is to be enqueued with the message's removal, as writes for its own tenant. Outputs for another tenant
    ///   have been committed.
    package func handle(
        _ message: QueueMessage,
        _ invoke: (any QueueHandling) async -> InvocationOutcome
    ) async -> QueueListener.Handled {
        guard case .withOutputs(let function, let queues) = function else {
            let outcome = await invoke(committing)
            return .init(failure: outcome.failure)
        }
        let writes = LockedState<[WriteBatch.Write]>([])
        let handler = QueueHandler { message, context in
            let outputs = try await function.receive(message, context: context)
            guard outputs.tenant == message.tenant else { return try await queues.commit(outputs) }
            let own = try queues.writes(for: outputs)
            writes.withLock { $0 = own }
        }
        let outcome = await invoke(handler)
        return .init(failure: outcome.failure, outputs: writes.withLock { $0 })
    }
}
