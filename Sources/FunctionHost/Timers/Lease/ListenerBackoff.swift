import FunctionKit

/// How long a listener that could not start waits before the next attempt: 2 s, then longer and longer with chance, up to 2 min, as
/// the real host's.
struct ListenerBackoff: Sendable {
    /// The first wait.
    static let waitMin = Duration.seconds(2)
    /// The longest wait.
    static let waitMax = Duration.seconds(120)

    /// How many attempts have failed.
    private(set) var attempts = 0

    /// Counts a failed attempt.
    ///
    /// - Parameter fraction: chance, from 0 up to 1.
    /// - Returns: how long to wait.
    mutating func next(fraction: Double) -> Duration {
        defer { attempts += 1 }
        // 2^6 times the least wait is beyond the longest one.
        let growth = Double((1 << min(attempts, 6)) - 1)
        return min(Self.waitMin + Self.waitMin * (growth * (0.8 + 0.4 * fraction)), Self.waitMax)
    }

    /// Begins anew.
    mutating func reset() { attempts = 0 }
}
