import FunctionKit

/// A task that runs functions one after another, and the run that goes on in it now.
///
/// A run whose time is over is cancelled by cancelling the lane's task, so that no run needs a task of its own; the lane takes no
/// further work then. One entry in the ``DeadlineWatch`` serves all runs of a lane: when the first one's time would be over, it
/// moves on to the deadline of the run that goes on by then.
final class DeliveryLane: Sendable {
    /// A run that goes on.
    struct Run: Sendable {
        var function: LoadedFunction
        var id: InvocationID
        /// On the clock's uptime.
        var deadline: Duration
    }

    /// The lane's task, for as long as it lives.
    ///
    /// `@unchecked Sendable`: other threads only cancel it, which a task allows from any of them, and only while it lives: the
    /// lane takes it away under the lock before it ends, and it is cancelled under the lock.
    private struct TaskReference: @unchecked Sendable {
        let task: UnsafeCurrentTask
    }

    private struct State {
        var task: TaskReference?
        var run: Run?
        /// An entry in the watch exists or is being made, and its number once it is known.
        var isWatched = false
        var entry: Int?
        var watch: DeadlineWatch?
        var isSpent = false
    }

    /// The lane that the current task is, if it is one.
    @TaskLocal static var current: DeliveryLane?

    private let state: LockedState<State>

    private init(_ task: TaskReference?) { state = LockedState(State(task: task)) }

    /// Makes the current task a lane for as long as `body` runs.
    static func run<Result: Sendable>(_ body: @Sendable (DeliveryLane) async -> Result) async -> Result {
        await withUnsafeCurrentTask { task in
            let lane = DeliveryLane(task.map(TaskReference.init))
            defer { lane.close() }
            return await $current.withValue(lane) { await body(lane) }
        }
    }

    /// True when a run's time was over: the task is cancelled, and another lane has to take what is left.
    var isSpent: Bool { state.withLock { $0.isSpent } }

    /// Notes that a run begins.
    ///
    /// - Returns: true when the lane has to be watched from now on.
    func begin(_ run: Run) -> Bool {
        state.withLock { state in
            state.run = run
            defer { state.isWatched = true }
            return !state.isWatched
        }
    }

    /// Notes that the run has ended; false when its time was over.
    func end() -> Bool {
        state.withLock { state in
            state.run = nil
            return !state.isSpent
        }
    }

    /// Watches the runs of this lane from the deadline of the first on.
    ///
    /// - Parameter overdue: called when a run's time is over, before it is cancelled.
    func watch(until deadline: Duration, _ watch: DeadlineWatch, _ overdue: @escaping @Sendable (Run) -> Void) {
        let number = watch.add(until: deadline) { self.look(watch, overdue) }
        let isClosed = state.withLock { state in
            state.entry = number
            state.watch = watch
            return state.task == nil
        }
        if isClosed { _ = watch.remove(number) }
    }

    /// Cancels the run that goes on if its time is over, and watches it on otherwise.
    private func look(_ watch: DeadlineWatch, _ overdue: @escaping @Sendable (Run) -> Void) {
        let now = watch.clock.uptime
        let (run, isOver) = state.withLock { state -> (Run?, Bool) in
            state.entry = nil
            let isOver = state.run.map { $0.deadline <= now } ?? false
            state.isSpent = state.isSpent || isOver
            state.isWatched = state.run != nil
            return (state.run, isOver)
        }
        guard let run else { return }
        guard isOver else { return self.watch(until: run.deadline, watch, overdue) }
        overdue(run)
        state.withLock { $0.task?.task.cancel() }
    }

    private func close() {
        let (entry, watch) = state.withLock { state in
            state.task = nil
            return (state.entry, state.watch)
        }
        if let entry { _ = watch?.remove(entry) }
    }
}
