package import FunctionKit

/// The queue outputs of one function: turns what an invocation left behind into writes of the store.
package struct OutputQueues: Sendable {
    private let functionName: String
    private let file: String
    private let queues: [String: QueueName]
    private let app: AppContext

    /// Takes the outputs that a function's `function.json` declares.
    package init(of descriptor: FunctionDescriptor, app: AppContext) {
        functionName = descriptor.name
        file = descriptor.file
        queues = Dictionary(descriptor.outputs.map { ($0.name, $0.queueName) }) { first, _ in first }
        self.app = app
    }

    /// Checks that the function's code sends to declared bindings only.
    ///
    /// - Throws: ``LoadError/undeclaredOutput(name:)`` for the first that is not declared.
    func check(_ type: any OutputFunction.Type) throws(LoadError) {
        for binding in type.outputs where queues[binding.name] == nil {
            throw .undeclaredOutput(name: binding.name)
        }
    }

    /// The writes that enqueue the messages, each under a new id; no message is visible to a function before they are committed.
    ///
    /// - Throws: ``OutputError`` for a binding that `function.json` does not declare, and for the host's own partition.
    func writes(for outputs: Outputs) throws -> [WriteBatch.Write] {
        guard !outputs.messages.isEmpty else { return [] }
        guard outputs.tenant != .host else {
            throw OutputError(
                "The outputs of '\(functionName)' are for '_host', which is the host's own. Name a tenant."
            )
        }
        let now = app.clock.now
        return try outputs.messages.map { message in
            guard let queue = queues[message.binding.name] else {
                throw OutputError(LoadError.undeclaredText(message.binding.name, file))
            }
            let draft = QueueDraft(
                queue: queue,
                payload: message.payload,
                delay: message.delay,
                timeToLive: message.timeToLive
            )
            return try draft.write(id: app.ids.next(), at: now)
        }
    }

    /// Commits the outputs of an invocation that has returned, as one batch.
    ///
    /// - Throws: `CancellationError` for an invocation that was cancelled, whose caller has been told of its failure, and
    ///   ``OutputError`` when the store refuses; nothing is enqueued then.
    func commit(_ outputs: Outputs) async throws {
        guard let tenant = outputs.tenant, !outputs.messages.isEmpty else { return }
        try Task.checkCancellation()
        let writes = try writes(for: outputs)
        let partition = app.store.tenant(tenant).partition
        do throws(StoreError) {
            try await partition.declare(CollectionDefinition.queues.schema)
            _ = try await partition.commit(WriteBatch(writes))
        } catch {
            throw OutputError("The outputs of '\(functionName)' cannot be committed: \(error.message)")
        }
    }
}

/// What a function left behind cannot be enqueued.
struct OutputError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
