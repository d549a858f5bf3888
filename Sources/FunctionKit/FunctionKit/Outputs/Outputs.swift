/// What a function leaves behind beside its answer: messages for the queues of one tenant, which the host commits together
/// when the function has returned. A function that throws leaves nothing.
///
/// ```swift
/// var outputs = Outputs(for: tenant)
/// try outputs.send(Job(order: id), to: Self.jobs)
/// return HTTPResult(.json(order, status: .created), outputs)
/// ```
public struct Outputs: Sendable, Hashable {
    /// The most messages of one invocation: 256. ``send(_:to:after:timeToLive:)`` throws `tooLarge` beyond it.
    public static let messagesMax = 256
    /// The most bytes of the payloads of one invocation together: 8 MiB. ``send(_:to:after:timeToLive:)`` throws `tooLarge`
    /// beyond it.
    public static let bytesMax = 8 << 20

    /// A message that is to be enqueued.
    public struct Message: Sendable, Hashable {
        /// The binding whose queue it goes to.
        public let binding: OutputBinding
        /// What is enqueued.
        public let payload: String
        /// How long it stays invisible.
        public let delay: Duration
        /// After how long it is dropped undelivered; nil for never.
        public let timeToLive: Duration?
    }

    /// Whose queues they go to; nil for ``none``.
    public let tenant: TenantName?
    /// The messages, in the order in which they were sent.
    public private(set) var messages: [Message] = []
    private var bytes = 0

    /// No outputs.
    public static let none = Outputs(tenant: nil)

    private init(tenant: TenantName?) { self.tenant = tenant }

    /// No outputs yet, for the queues of a tenant.
    ///
    /// One batch of the store belongs to one tenant, and the outputs of an invocation are one batch. A function that serves
    /// several tenants at once enqueues through their stores.
    public init(for tenant: TenantName) { self.tenant = tenant }

    /// Adds a message; it is enqueued when the function has returned.
    ///
    /// - Parameters:
    ///   - payload: what is enqueued, at most ``QueueLimits/payloadBytesMax`` bytes as text.
    ///   - output: the binding.
    ///   - delay: how long it stays invisible; nothing for less than zero.
    ///   - timeToLive: after how long it is dropped undelivered; nil for never.
    /// - Throws: ``StoreError`` with `tooLarge` for what exceeds a bound, and with `invalidName` for ``none``, which belongs to no
    ///   tenant; what the payload's encoding throws.
    public mutating func send<Payload>(
        _ payload: Payload,
        to output: QueueOutput<Payload>,
        after delay: Duration = .zero,
        timeToLive: Duration? = nil
    ) throws {
        let name = output.binding.name
        guard tenant != nil else {
            throw StoreError(
                .invalidName,
                "A message for the output '\(name)' belongs to a tenant. Begin with Outputs(for: tenant), not with Outputs.none."
            )
        }
        let text = try output.text(of: payload)
        try QueueDraft.check(text, of: "the output '\(name)'")
        guard messages.count < Self.messagesMax, bytes + text.utf8.count <= Self.bytesMax else {
            throw StoreError(
                .tooLarge,
                "An invocation leaves at most \(Self.messagesMax) messages of \(Self.bytesMax) bytes together; the message for "
                    + "'\(name)' goes beyond that. Enqueue in several invocations, or through the tenant's store."
            )
        }
        bytes += text.utf8.count
        messages.append(Message(binding: output.binding, payload: text, delay: delay, timeToLive: timeToLive))
    }
}
