import FunctionKit

/// When a webhook that was not accepted is sent again: soon at first, then every two hours, until a day has passed.
enum WebhookSchedule {
    /// How long after the first attempt the last one may be made.
    static let lifetime: Duration = .seconds(24 * 3600)
    /// How long an event waits before it looks again whether a receiver has been set up; that is no attempt.
    static let setupInterval: Duration = .seconds(600)

    private static let delays: [Duration] = [.seconds(5), .seconds(60), .seconds(300), .seconds(1800)]
    private static let longestDelay: Duration = .seconds(7200)

    /// The pause after the attempt that was the `attempts`-th; nil when the event's day would be over by then.
    ///
    /// The last attempt is made when the day ends rather than up to two hours before.
    static func delay(afterAttempts attempts: Int, sinceFirst elapsed: Duration) -> Duration? {
        guard elapsed < lifetime else { return nil }
        let delay = attempts <= delays.count && attempts > 0 ? delays[attempts - 1] : longestDelay
        return min(delay, lifetime - elapsed)
    }
}
