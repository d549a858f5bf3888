internal import FoundationEssentials
public import FunctionKit

extension Outputs {
    /// The payloads that went through a binding, decoded, in the order in which they were sent.
    ///
    /// ```swift
    /// #expect(try result.outputs.values(of: PlaceOrder.jobs) == [Job(order: "o-1")])
    /// ```
    /// - Throws: `DecodingError` when a payload is not JSON or has another shape.
    public func values<Payload: Decodable>(of output: QueueOutput<Payload>) throws -> [Payload] {
        try texts(of: output).map { try JSONDecoder().decode(Payload.self, from: Data($0.utf8)) }
    }

    /// The payloads that went through a binding as they are enqueued.
    public func texts<Payload>(of output: QueueOutput<Payload>) -> [String] {
        messages.filter { $0.binding == output.binding }.map(\.payload)
    }
}
