import Synchronization

/// What the log's rules said of a function when it was last asked, and in which round of the rules.
final class LogDecision: Sendable {
    /// Twice the round, and 1 when the lines are kept.
    private let state = Atomic<UInt64>(0)

    /// The answer, if it is of this round.
    func answer(in round: UInt64) -> Bool? {
        let state = state.load(ordering: .relaxed)
        return state >> 1 == round ? state & 1 == 1 : nil
    }

    /// Keeps an answer.
    func note(_ keeps: Bool, in round: UInt64) { state.store(round << 1 | (keeps ? 1 : 0), ordering: .relaxed) }
}
