/// Time as a capability: the host passes the system's, a test one that it moves by hand.
public protocol AppClock: Sendable {
    /// The wall time, which can jump when somebody sets it.
    var now: Timestamp { get }

    /// Time that only runs forward, from an arbitrary beginning; for measuring, never for storing.
    var uptime: Duration { get }

    /// ``uptime`` in nanoseconds, for what is measured often: arithmetic on durations is done in 128 bits.
    var uptimeNanoseconds: Int64 { get }

    /// Waits for `duration` of monotonic time; returns at once for zero or less.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(for duration: Duration) async throws
}

extension AppClock {
    /// ``uptime`` in nanoseconds.
    public var uptimeNanoseconds: Int64 {
        let (seconds, attoseconds) = uptime.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
