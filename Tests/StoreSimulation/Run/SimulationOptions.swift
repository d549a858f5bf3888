/// What is simulated.
package struct SimulationOptions: Sendable {
    /// Decides everything.
    package var seed: UInt64
    /// A mistake that is put below or above the store, to see whether it is found.
    package var bug: SimulatedBug?
    /// True for the engine in memory, which has histories and no crashes.
    package var isInMemory = false
    /// How often the process is started.
    package var lives = 3
    /// Takes every event as a line; nil for none.
    package var output: (@Sendable (String) -> Void)?

    /// Simulates a seed.
    package init(seed: UInt64) { self.seed = seed }

    /// The command that replays it.
    package var command: String {
        "scripts/simulate --seed \(seed) --trace" + (isInMemory ? " --memory" : "")
            + (bug.map { " --bug \($0.rawValue)" } ?? "")
    }
}

/// How a simulation ended.
package struct SimulationReport: Sendable {
    /// What was simulated.
    package let seed: UInt64
    /// Two runs did the same when their hashes are equal.
    package let hash: UInt64
    /// The first broken promise; nil when all were kept.
    package let failure: String?
    /// How many events there were.
    package let events: Int
    /// What came to pass.
    package let counts: Counts
    /// The command that replays it.
    package let command: String

    /// How often things came to pass, to see that a simulation tests what it should.
    package struct Counts: Sendable {
        /// Batches that were acknowledged.
        package var acknowledged = 0
        /// Batches that were refused by a condition.
        package var refused = 0
        /// Batches without an answer.
        package var unanswered = 0
        /// Batches without an answer that were done nevertheless.
        package var seen = 0
        /// Losses of power.
        package var powerLosses = 0
        /// Deaths of the process alone.
        package var kills = 0
        /// Orderly ends.
        package var closes = 0
        /// Ends within a recovery.
        package var interruptedRecoveries = 0
        /// Damaged files that were looked at.
        package var damages = 0

        /// Nothing yet.
        package init() {}

        /// The sums.
        package static func + (left: Counts, right: Counts) -> Counts {
            var sum = left
            sum.acknowledged += right.acknowledged
            sum.refused += right.refused
            sum.unanswered += right.unanswered
            sum.seen += right.seen
            sum.powerLosses += right.powerLosses
            sum.kills += right.kills
            sum.closes += right.closes
            sum.interruptedRecoveries += right.interruptedRecoveries
            sum.damages += right.damages
            return sum
        }
    }
}
