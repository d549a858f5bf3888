import FunctionKit

/// Queues, which a trigger takes messages from and an output puts some into.
extension DescriptorReader {
    /// The queue outputs among the bindings.
    mutating func outputs(among bindings: [Binding]) -> [QueueOutputBinding] {
        var outputs: [QueueOutputBinding] = []
        for (index, binding) in bindings.enumerated() where equalsIgnoringASCIICase(binding.type, "queue") {
            let key = "bindings[\(index)]"
            guard binding.direction == .out else {
                report("\(key).direction", "Queue binding can only be used for output.")
                continue
            }
            guard let queueName = queueName(of: binding.value, "A queue output", "jobs", key: key) else { continue }
            outputs.append(QueueOutputBinding(name: binding.name, queueName: queueName))
        }
        return outputs
    }

    /// The queue that a binding names.
    mutating func queueName(of value: JSONValue, _ binding: String, _ example: String, key: String) -> QueueName? {
        let text = text("queueName", of: value)
        guard !text.isEmpty else {
            report("\(key).queueName", "\(binding) needs a queueName, such as '\(example)' or '%SETTING%'.")
            return nil
        }
        guard let resolved = resolved(text, key: "\(key).queueName") else { return nil }
        do {
            // Azure puts them in lower case as well.
            return try QueueName(resolved.lowercased())
        } catch {
            report("\(key).queueName", error.description)
            return nil
        }
    }
}
