package import FunctionKit

extension Invoker {
    /// Hands a message to a queue function, and again after each failure as far as its retry policy says; all these attempts are
    /// one delivery, whose lease the queue renews meanwhile.
    package func receive(_ function: LoadedFunction, _ instance: any QueueHandling, _ message: QueueMessage) async
        -> InvocationOutcome
    {
        await receive(function, instance, message, cause: .message(message))
    }

    /// The same for a message that no queue delivers.
    func receive(
        _ function: LoadedFunction,
        _ instance: any QueueHandling,
        _ message: QueueMessage,
        cause: InvocationCause
    ) async -> InvocationOutcome {
        if let policy = function.descriptor.retry ?? retry {
            return await repeating(function, policy) { progress in
                await run(function, cause, retry: progress) { try await instance.receive(message, context: $0) }
            }
        }
        // Only a single attempt may be cancelled together with its task.
        let lane = timeout == nil ? nil : DeliveryLane.current
        guard timeout == nil || lane != nil else {
            return await run(function, cause, retryCount: message.dequeueCount - 1) {
                try await instance.receive(message, context: $0)
            }
        }
        let context = begin(function, cause, retryCount: message.dequeueCount - 1)
        return await receive(function, instance, message, context, in: lane)
    }

    /// Hands over a message within the current task: without a deadline, or in a lane, which watches it.
    private func receive(
        _ function: LoadedFunction,
        _ instance: any QueueHandling,
        _ message: QueueMessage,
        _ context: InvocationContext,
        in lane: DeliveryLane?
    ) async -> InvocationOutcome {
        let start = clock.uptimeNanoseconds
        if let lane, let timeout {
            let deadline = Duration.nanoseconds(start) + timeout
            let run = DeliveryLane.Run(function: function, id: context.invocationID, deadline: deadline)
            if lane.begin(run) {
                lane.watch(until: run.deadline, deadlines) { noteTimeout($0.function, $0.id, timeout) }
            }
        }
        var failure: (any Error)?
        do {
            try await instance.receive(message, context: context)
        } catch {
            failure = error
        }
        if let lane, let timeout, !lane.end() {
            failure = FunctionTimeoutError(function: function.name, timeout: timeout)
        }
        return finish(function, context, clock.uptimeNanoseconds - start, failure)
    }
}
