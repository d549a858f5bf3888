import Synchronization

/// Counts what became of a function's invocations since the start.
package final class InvocationCounters: Sendable {
    private let begun = Atomic<Int>(0)
    private let succeededCount = Atomic<Int>(0)
    private let failedCount = Atomic<Int>(0)

    /// Notes that an invocation begins.
    func begin() { begun.add(1, ordering: .relaxed) }

    /// Notes how an invocation ended.
    func end(succeeded: Bool) {
        if succeeded { succeededCount.add(1, ordering: .relaxed) } else { failedCount.add(1, ordering: .relaxed) }
    }

    /// How many succeeded.
    package var succeeded: Int { succeededCount.load(ordering: .relaxed) }
    /// How many failed.
    package var failed: Int { failedCount.load(ordering: .relaxed) }
    /// How many run now.
    package var running: Int { max(0, begun.load(ordering: .relaxed) - succeeded - failed) }
}
