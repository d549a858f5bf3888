import Glibc
import Synchronization

/// Counts what is done between two moments, by any number of writers.
final class Rate: Sendable {
    private let count = Atomic(0)
    private let start: ContinuousClock.Instant
    private let end: ContinuousClock.Instant

    /// Counts for `duration`, after a tenth of it to warm up.
    init(for duration: Duration) {
        start = .now + duration / 10
        end = start + duration
    }

    /// Notes that something has just been done; false when the time is up.
    func add() -> Bool {
        let now = ContinuousClock.now
        if now >= start, now < end { count.add(1, ordering: .relaxed) }
        return now < end
    }

    /// Per second.
    var value: Double { Double(count.load(ordering: .relaxed)) / (start.duration(to: end) / .seconds(1)) }
}

/// Calls `body` with numbers from 0 on for `duration` of this thread's processor time; returns how often per second of it.
///
/// Nothing that is measured so waits, and other work on the machine does not count.
func rate(for duration: Duration, _ body: (Int) async throws -> Void) async rethrows -> Double {
    var count = 0
    let start = processorTime()
    var now = start
    while now - start < duration {
        // The clock is asked now and then only, since it costs a twentieth of a read.
        for _ in 0..<256 {
            try await body(count)
            count += 1
        }
        now = processorTime()
    }
    return Double(count) / ((now - start) / .seconds(1))
}

private func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// Runs `body` on this many threads at once and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    let threads = (0..<count).map { number in
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            },
            Unmanaged.passRetained(Body { body(number) }).toOpaque()
        )
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}
