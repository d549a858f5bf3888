import FunctionKit

/// Watches the deadlines of all runs with one sleeping task, since a timer for each run costs more than most runs do.
///
/// All runs have the same time, so that a later one never has the earlier deadline; an entry that is made while an older one
/// expires is looked at before the task sleeps again.
final class DeadlineWatch: Sendable {
    private struct Entry {
        var deadline: Duration
        var expire: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextNumber = 0
        var isWatching = false
    }

    let clock: any AppClock
    private let state = LockedState(State())

    init(clock: any AppClock) { self.clock = clock }

    /// Calls `expire` after `time`, unless the entry is removed before.
    ///
    /// - Returns: the entry's number.
    func add(within time: Duration, _ expire: @escaping @Sendable () -> Void) -> Int {
        add(until: clock.uptime + time, expire)
    }

    /// Calls `expire` at a moment of the clock's uptime, unless the entry is removed before.
    func add(until deadline: Duration, _ expire: @escaping @Sendable () -> Void) -> Int {
        let entry = Entry(deadline: deadline, expire: expire)
        let (number, mustBegin) = state.withLock { state in
            state.nextNumber += 1
            state.entries[state.nextNumber] = entry
            defer { state.isWatching = true }
            return (state.nextNumber, !state.isWatching)
        }
        // Unstructured, because it outlives the run that was first; it ends when it wakes and finds nothing to watch.
        if mustBegin { Task { await watch() } }
        return number
    }

    /// How many entries there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Removes an entry; false when it has expired.
    func remove(_ number: Int) -> Bool { state.withLock { $0.entries.removeValue(forKey: number) != nil } }

    private func watch() async {
        while true {
            let next = state.withLock { state in
                let next = state.entries.values.map(\.deadline).min()
                if next == nil { state.isWatching = false }
                return next
            }
            guard let next else { return }
            try? await clock.sleep(for: next - clock.uptime)
            let now = clock.uptime
            let expired = state.withLock { state in
                let expired = state.entries.filter { $0.value.deadline <= now }
                for number in expired.keys { state.entries[number] = nil }
                return expired.values
            }
            for entry in expired { entry.expire() }
        }
    }
}
