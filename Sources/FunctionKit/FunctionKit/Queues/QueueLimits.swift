/// The bounds of queues. Going beyond one is answered with ``StoreError/Code/tooLarge``, and nothing is enqueued.
public enum QueueLimits {
    /// The most bytes of one message's payload, as UTF-8: 64 KiB, as in Azure, so that what is enqueued here can be enqueued there.
    public static let payloadBytesMax = 64 << 10
}
