import Dispatch
import StoreSimulation
import Testing

/// Runs `body` on a thread that nobody else needs; a simulation takes seconds and never waits.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}

/// Simulates seeds in order until one breaks a promise, and returns that one's report.
func firstFailure(
    in seeds: some Sequence<UInt64> & Sendable,
    _ change: @escaping @Sendable (inout SimulationOptions) -> Void = { _ in }
) async -> SimulationReport? {
    await onOwnThread {
        for seed in seeds {
            var options = SimulationOptions(seed: seed)
            change(&options)
            let report = Simulation.run(options)
            if report.failure != nil { return report }
        }
        return nil
    }
}
