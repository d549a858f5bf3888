/// An output binding of `function.json` with `"type": "queue"`, and the type of the payloads that go through it.
///
/// ```swift
/// public struct PlaceOrder: HTTPOutputFunction {
///     static let jobs = QueueOutput<Job>("jobs")
///     public static let outputs = [jobs.binding]
///     …
/// }
/// ```
public struct QueueOutput<Payload: Sendable>: Sendable {
    /// The binding, for ``OutputFunction/outputs``.
    public let binding: OutputBinding
    private let encode: @Sendable (Payload) throws -> String

    /// How a payload stands in the queue.
    public func text(of payload: Payload) throws -> String { try encode(payload) }
}

extension QueueOutput where Payload: Encodable {
    /// A binding whose payloads are JSON.
    ///
    /// - Parameter name: the binding's `name` in `function.json`.
    public init(_ name: String) {
        binding = OutputBinding(name: name)
        encode = { try JSONCoding.text($0) }
    }
}

extension QueueOutput where Payload == String {
    /// A binding whose payloads are texts as they stand, without the quotes that JSON would put around them.
    ///
    /// - Parameter name: the binding's `name` in `function.json`.
    public static func text(_ name: String) -> QueueOutput { QueueOutput(binding: OutputBinding(name: name)) { $0 } }

    private init(binding: OutputBinding, _ encode: @escaping @Sendable (String) throws -> String) {
        self.binding = binding
        self.encode = encode
    }
}

/// An output binding by its name, whatever goes through it.
public struct OutputBinding: Sendable, Hashable {
    /// The binding's `name` in `function.json`.
    public let name: String

    init(name: String) { self.name = name }
}
