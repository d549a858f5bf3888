/// An HTTP function over `Codable` values: the body is decoded before the call and the result encoded after it.
///
/// A body that is not JSON, or not of the shape of `Input`, is answered with 400 and an error that names the field.
public protocol JSONFunction: HTTPFunction {
    /// What the request's body holds.
    associatedtype Input: Decodable & Sendable
    /// What the response's body holds.
    associatedtype Output: Encodable & Sendable

    /// Turns the decoded body into the value that is answered with 200; nil of an optional `Output` is answered with 204.
    func respond(to input: Input, context: InvocationContext) async throws -> Output
}

extension JSONFunction {
    /// Decodes, calls the typed requirement, encodes.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        let input = try await request.decode(Input.self)
        return try HTTPResponse.answer(try await respond(to: input, context: context))
    }
}

/// A queue function over `Codable` messages.
public protocol JSONQueueFunction: QueueFunction {
    /// What a message's payload holds.
    associatedtype Message: Decodable & Sendable

    /// Handles the decoded payload. A payload that does not decode fails like a throw from here.
    func receive(_ payload: Message, of message: QueueMessage, context: InvocationContext) async throws
}

extension JSONQueueFunction {
    /// Decodes the payload and calls the typed requirement.
    public func receive(_ message: QueueMessage, context: InvocationContext) async throws {
        try await receive(try message.decode(Message.self), of: message, context: context)
    }
}
