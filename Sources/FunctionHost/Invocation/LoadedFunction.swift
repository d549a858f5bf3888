package import FunctionKit

/// A function that is ready to run: its descriptor, its instance and what the host has learned of it.
package final class LoadedFunction: Sendable {
    /// The instance, by the trigger that it serves.
    package enum Instance: Sendable {
        /// Serves an `httpTrigger`.
        case http(any HTTPFunction)
        /// Serves a `timerTrigger`.
        case timer(any TimerFunction)
        /// Serves a `queueTrigger`.
        case queue(any QueueFunction)
    }

    /// What `function.json` says.
    package let descriptor: FunctionDescriptor
    /// The value that the invocations call.
    package let instance: Instance
    /// Whether it may run on the server's event loop.
    package let placement = Placement()
    /// What became of its invocations since the start.
    package let counters = InvocationCounters()

    /// The function's name.
    package let name: String
    /// The log category of what the host says of it: `Function.<name>`.
    let category: String
    /// The log category of what it says itself: `Function.<name>.User`.
    let userCategory: String

    /// Makes a loaded function.
    package init(descriptor: FunctionDescriptor, instance: Instance) {
        self.descriptor = descriptor
        self.instance = instance
        name = descriptor.name
        category = "Function.\(descriptor.name)"
        userCategory = "Function.\(descriptor.name).User"
    }
}

extension LoadedFunction.Instance {
    /// Makes the instance that a trigger asks for.
    ///
    /// - Throws: ``LoadError/wrongKind(entryPoint:trigger:expected:)`` when the type has another kind than the trigger, or
    ///   what the function's own `init` throws.
    package init(
        of type: any Function.Type,
        for trigger: Trigger,
        entryPoint: EntryPoint,
        app: AppContext
    ) async throws {
        func mismatch(_ trigger: String, _ expected: String) -> LoadError {
            .wrongKind(entryPoint: entryPoint, trigger: trigger, expected: expected)
        }
        switch trigger {
        case .http:
            guard let type = type as? any HTTPFunction.Type else { throw mismatch("httpTrigger", "HTTPFunction") }
            self = .http(try await type.init(app: app))
        case .timer:
            guard let type = type as? any TimerFunction.Type else { throw mismatch("timerTrigger", "TimerFunction") }
            self = .timer(try await type.init(app: app))
        case .queue:
            guard let type = type as? any QueueFunction.Type else { throw mismatch("queueTrigger", "QueueFunction") }
            self = .queue(try await type.init(app: app))
        }
    }
}
