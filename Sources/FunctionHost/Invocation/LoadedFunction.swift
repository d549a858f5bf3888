package import FunctionKit

/// A function that is ready to run: its descriptor, its instance and what the host has learned of it.
package final class LoadedFunction: Sendable {
    /// The instance, by the trigger that it serves.
    package enum Instance: Sendable {
        /// Serves an `httpTrigger`.
        case http(any HTTPHandling)
        /// Serves a `timerTrigger`.
        case timer(any TimerHandling)
        /// Serves a `queueTrigger`.
        case queue(QueueInstance)
        /// Serves a `warmupTrigger`.
        case warmup(any WarmupFunction)
        /// Serves a `manualTrigger`.
        case manual(any ManualFunction)
    }

    /// What `function.json` says.
    package let descriptor: FunctionDescriptor
    /// The value that the invocations call.
    package let instance: Instance
    /// Whether it may run on the server's event loop.
    package let placement = Placement()
    /// What became of its invocations since the start.
    package let counters = InvocationCounters()
    /// Whether the log keeps the lines of its successes.
    let logDecision = LogDecision()

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
    /// Makes the instance that a trigger asks for, with or without outputs.
    ///
    /// - Throws: ``LoadError/wrongKind(entryPoint:trigger:expected:)`` when the type has another kind than the trigger,
    ///   ``LoadError/undeclaredOutput(name:)`` when it sends to a binding that function.json does not declare, or what
    ///   the function's own `init` throws.
    package init(of type: any Function.Type, for descriptor: FunctionDescriptor, app: AppContext) async throws {
        let queues = OutputQueues(of: descriptor, app: app)
        if let type = type as? any OutputFunction.Type { try queues.check(type) }
        switch descriptor.trigger {
        case .http:
            if let type = type as? any HTTPOutputFunction.Type {
                self = .http(HTTPOutputAdapter(function: try await type.init(app: app), queues: queues))
            } else if let type = type as? any HTTPFunction.Type {
                self = .http(try await type.init(app: app))
            } else {
                throw Self.mismatch(descriptor, "HTTPFunction")
            }
        case .timer:
            if let type = type as? any TimerOutputFunction.Type {
                self = .timer(TimerOutputAdapter(function: try await type.init(app: app), queues: queues))
            } else if let type = type as? any TimerFunction.Type {
                self = .timer(try await type.init(app: app))
            } else {
                throw Self.mismatch(descriptor, "TimerFunction")
            }
        case .queue:
            if let type = type as? any QueueOutputFunction.Type {
                self = .queue(QueueInstance(try await type.init(app: app), queues))
            } else if let type = type as? any QueueFunction.Type {
                self = .queue(QueueInstance(try await type.init(app: app)))
            } else {
                throw Self.mismatch(descriptor, "QueueFunction")
            }
        case .warmup:
            guard let type = type as? any WarmupFunction.Type else { throw Self.mismatch(descriptor, "WarmupFunction") }
            self = .warmup(try await type.init(app: app))
        case .manual:
            guard let type = type as? any ManualFunction.Type else { throw Self.mismatch(descriptor, "ManualFunction") }
            self = .manual(try await type.init(app: app))
        }
    }

    private static func mismatch(_ descriptor: FunctionDescriptor, _ expected: String) -> LoadError {
        .wrongKind(entryPoint: descriptor.entryPoint, trigger: descriptor.trigger.typeName, expected: expected)
    }
}
