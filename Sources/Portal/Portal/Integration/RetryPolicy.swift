/// How patiently the portal calls another program. Each bound ends with ``IntegrationError/Kind/unavailable``.
public struct RetryPolicy: Sendable {
    /// How often one call is tried.
    public var attemptsMax = 4
    /// The pause before the second attempt; it doubles before each further one.
    public var pauseBase = Duration.milliseconds(500)
    /// The longest pause of our own choosing.
    public var pauseMax = Duration.seconds(8)
    /// The longest `Retry-After` that is waited for; a longer one leaves the work to the next run.
    public var retryAfterMax = Duration.seconds(30)
    /// How long one attempt waits for the first byte.
    public var firstByteTimeout = Duration.seconds(10)
    /// How long one attempt may take.
    public var attemptTimeout = Duration.seconds(30)
    /// How long all attempts of one call may take, pauses included.
    public var totalMax = Duration.seconds(90)
    /// The most bytes of an answer.
    public var responseBytesMax = 8 << 20

    /// Makes the policy of the portal's timers.
    public init() {}

    /// The pause after a number of failed attempts: the doubled base, of which between a half and all is waited, so that
    /// many callers do not come back in step.
    func pause(afterAttempts attempts: Int, fraction: Double) -> Duration {
        let doubled = pauseBase * (1 << min(max(attempts - 1, 0), 16))
        return min(doubled, pauseMax) * (0.5 + fraction / 2)
    }
}
