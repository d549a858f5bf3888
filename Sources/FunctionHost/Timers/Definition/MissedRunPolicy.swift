/// What becomes of occurrences that could not run at their time: no host ran, none held the lease, or the run before went on.
package enum MissedRunPolicy: String, Sendable, Hashable, CaseIterable, Codable {
    /// One run stands for all of them, as in Azure.
    case once
    /// None of them runs; the schedule goes on with the next occurrence.
    case skip
    /// Each of them runs, one after the other, the oldest first; at most ``TimerState/catchUpMax``, the newest.
    case all

    /// The words for a function.json that says something else.
    static func unknown(_ text: String) -> String {
        "\(text) is not a rule for missed runs. Use \"once\" (one run for all of them, the default), \"skip\" or \"all\"."
    }
}
