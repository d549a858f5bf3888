import FunctionKit

/// The end of a timer's history: what is not written yet, and the numbers of the entries that are kept.
///
/// Entries have numbers in a row, and the store keeps those from `first` up to `next`. So the oldest is found, and the newest
/// listed, without an index.
struct TimerHistoryBuffer: Sendable {
    /// An entry under its number.
    struct Numbered: Sendable, Hashable {
        var number: Int64
        var entry: TimerHistoryEntry
    }

    /// What one commit is to write and to remove.
    struct Change: Sendable, Hashable {
        var entries: [Numbered] = []
        var removed: Range<Int64> = 0..<0
    }

    /// The most old entries that one commit removes.
    static let removedMax: Int64 = 8

    /// The number of the oldest entry that may still be there.
    private(set) var first: Int64 = 1
    /// The number of the next entry.
    private(set) var next: Int64 = 1
    /// How many entries the store keeps.
    let kept: Int
    /// True for a timer that fires too often for an entry a run: entries that are alike become one.
    var gathers = false
    /// Who writes the entries.
    let host: String?
    private var unsaved: [Numbered] = []
    /// Entries that later ones may be added to, the newest last.
    private var open: [Numbered] = []

    init(kept: Int = TimerHistoryLimits.entriesPerTimerMax, host: String? = nil) {
        self.kept = kept
        self.host = host
    }

    var isEmpty: Bool { unsaved.isEmpty }

    /// Goes on behind what the store has; what was appended before that follows.
    mutating func load(first: Int64, next: Int64) {
        guard first > 0, first <= next else { return }
        for index in unsaved.indices { unsaved[index].number = next + Int64(index) }
        open = []
        self.first = first
        self.next = next + Int64(unsaved.count)
    }

    /// Forgets what is not written: another host answers for the timer now.
    mutating func forgetUnsaved() {
        unsaved = []
        open = []
    }

    /// Adds an entry, or adds it to one that is like it.
    mutating func append(_ entry: TimerHistoryEntry) {
        var entry = entry
        entry.host = host
        if let index = open.lastIndex(where: { takesIn($0.entry, entry) }) {
            open[index].entry.merge(entry)
            note(open[index])
            return
        }
        if gathers, let oldest = open.first, entry.at - oldest.entry.at >= TimerHistoryLimits.gatheredSpan { open = [] }
        let numbered = Numbered(number: next, entry: entry)
        next += 1
        note(numbered)
        // Beside gathering timers, a row of skipped occurrences may grow, such as those of a disabled function.
        if !gathers { open = entry.outcome == .skipped ? [numbered] : [] } else { open.append(numbered) }
    }

    private func takesIn(_ old: TimerHistoryEntry, _ new: TimerHistoryEntry) -> Bool {
        guard gathers else { return old.isLike(new) }
        guard new.at - old.at < TimerHistoryLimits.gatheredSpan else { return false }
        let isFull = open.count >= TimerHistoryLimits.gatheredKindsMax
        return old.isLike(new) || (isFull && old.outcome == new.outcome)
    }

    private mutating func note(_ numbered: Numbered) {
        if let index = unsaved.lastIndex(where: { $0.number == numbered.number }) {
            unsaved[index] = numbered
        } else {
            unsaved.append(numbered)
            if unsaved.count > TimerHistoryLimits.unsavedMax { unsaved.removeFirst() }
        }
    }

    /// Hands out what is to be written now.
    mutating func take() -> Change {
        let end = min(max(first, next - Int64(kept)), first + Self.removedMax)
        defer {
            unsaved = []
            first = end
        }
        return Change(entries: unsaved, removed: first..<end)
    }

    /// Takes back what could not be written.
    mutating func restore(_ change: Change) {
        first = change.removed.isEmpty ? first : min(first, change.removed.lowerBound)
        let newer = Set(unsaved.map(\.number))
        unsaved = (change.entries.filter { !newer.contains($0.number) } + unsaved)
            .suffix(TimerHistoryLimits.unsavedMax)
    }
}
