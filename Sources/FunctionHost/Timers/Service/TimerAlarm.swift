import FunctionKit

/// The one sleep of the timer service.
struct TimerAlarm: Sendable {
    /// The longest sleep. Between two the wall clock is looked at again, so that a timer is at most this late after somebody
    /// has set the clock forward or a suspended machine has woken up.
    static let waitMax: Duration = .seconds(60)

    /// Tells a ring from that of an alarm that was set before.
    let number: Int
    /// When it rings, on the clock that only runs forward.
    let deadline: Duration
    private let task: Task<Void, Never>

    /// Sets an alarm. The task is unstructured because it must outlive the call that arms a timer; it ends with its one ring, or
    /// when it is cancelled.
    init(
        number: Int,
        after wait: Duration,
        clock: any AppClock,
        spawn: TaskSpawner,
        ring: @escaping @Sendable (Int) async -> Void
    ) {
        self.number = number
        deadline = clock.uptime + wait
        task = spawn {
            do { try await clock.sleep(for: wait) } catch { return }
            await ring(number)
        }
    }

    func cancel() { task.cancel() }
}
