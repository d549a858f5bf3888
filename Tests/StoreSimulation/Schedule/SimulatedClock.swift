package import FunctionKit

/// A clock that the simulation moves, also backwards. Who sleeps is woken when nothing else can go on.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
package final class SimulatedClock: AppClock, @unchecked Sendable {
    private var sleepers: [(deadline: Duration, number: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var sleeps = 0
    private let trace: EventTrace
    /// What it showed from which event on.
    private(set) var changes: [(step: Int, now: Timestamp)]
    /// The latest moment that it ever showed.
    private(set) var latest: Timestamp

    /// The wall time.
    package private(set) var now: Timestamp
    /// The sum of all moves forward.
    package private(set) var uptime: Duration = .zero

    /// Makes a clock that shows the beginning of 2026.
    package init(trace: EventTrace) {
        self.trace = trace
        now = Timestamp(seconds: 1_767_225_600)
        latest = now
        changes = [(0, now)]
    }

    /// Moves the wall time, backwards for a negative number.
    package func move(milliseconds: Int) {
        now = now + .milliseconds(milliseconds)
        latest = max(latest, now)
        if milliseconds > 0 { uptime += .milliseconds(milliseconds) }
        changes.append((trace.note("clock", "", milliseconds), now))
        wakeDue()
    }

    /// Waits until the simulation has moved the clock far enough; nobody cancels it.
    package func sleep(for duration: Duration) async throws {
        guard duration > .zero else { return }
        sleeps += 1
        let number = sleeps
        await withCheckedContinuation { sleepers.append((uptime + duration, number, $0)) }
    }

    /// Moves to the next sleeper's deadline; false when nobody sleeps.
    func wakeNext() -> Bool {
        guard let next = sleepers.map(\.deadline).min() else { return false }
        move(milliseconds: max(Int((next - uptime).wholeMilliseconds) + 1, 1))
        return true
    }

    private func wakeDue() {
        let due = sleepers.filter { $0.deadline <= uptime }.sorted {
            ($0.deadline, $0.number) < ($1.deadline, $1.number)
        }
        sleepers.removeAll { $0.deadline <= uptime }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// The earliest and the latest moment that it showed from one event to another.
    func range(from start: Int, to end: Int) -> ClosedRange<Timestamp> {
        let first = changes.lastIndex { $0.step <= start } ?? 0
        var low = changes[first].now
        var high = low
        for change in changes[(first + 1)...] where change.step <= end {
            low = min(low, change.now)
            high = max(high, change.now)
        }
        return low...high
    }
}
