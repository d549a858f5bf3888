package import FunctionKit
import Glibc

/// The machine's clocks: `CLOCK_REALTIME` for wall time, `CLOCK_MONOTONIC` for measuring.
package struct SystemClock: AppClock {
    /// Makes the clock; it holds no state.
    package init() {}

    /// The wall time.
    package var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Time since the machine started, without suspension.
    package var uptime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// ``uptime`` in nanoseconds.
    package var uptimeNanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Waits for monotonic time.
    package func sleep(for duration: Duration) async throws {
        guard duration > .zero else { return }
        try await Task.sleep(for: duration, clock: .continuous)
    }
}
