internal import Dispatch
internal import FunctionKit
internal import StoreSimulation
internal import Synchronization

/// Runs seeds, says how fast, and how to replay what failed. See `scripts/simulate`.
@main
enum Command {
    static func main() {
        do throws(Arguments.Problem) {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            let isSound = arguments.seed.map { replay($0, arguments) } ?? runMany(arguments)
            if !isSound { exit(status: 1) }
        } catch {
            print("simulate: \(error.message)\n\(Arguments.usage)")
            exit(status: 2)
        }
    }

    private static func options(_ seed: UInt64, _ arguments: Arguments) -> SimulationOptions {
        var options = SimulationOptions(seed: seed)
        options.bug = arguments.bug
        options.isInMemory = arguments.isInMemory
        return options
    }

    private static func replay(_ seed: UInt64, _ arguments: Arguments) -> Bool {
        var options = options(seed, arguments)
        if arguments.showsTrace { options.output = { print($0) } }
        let report = Simulation.run(options)
        print("seed \(seed): \(report.events) events, hash \(String(report.hash, radix: 16))")
        print(report.failure.map { "BROKEN: \($0)" } ?? "all promises kept")
        return report.failure == nil
    }

    private static func runMany(_ arguments: Arguments) -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        let next = Atomic(arguments.first)
        let end = arguments.first + arguments.count
        let result = LockedState<(counts: SimulationReport.Counts, failures: [SimulationReport], hash: UInt64)>(
            (.init(), [], 0)
        )
        DispatchQueue.concurrentPerform(iterations: arguments.jobs) { _ in
            while true {
                let seed = next.add(1, ordering: .relaxed).oldValue
                guard seed < end else { return }
                let report = Simulation.run(options(seed, arguments))
                result.withLock { result in
                    result.counts = result.counts + report.counts
                    result.hash &+= report.hash &* (seed &* 2 &+ 1)
                    if let failure = report.failure {
                        result.failures.append(report)
                        if result.failures.count <= 20 {
                            print("seed \(seed): \(failure)\n  \(report.command)")
                        }
                    }
                }
            }
        }
        let (counts, failures, hash) = result.withLock { $0 }
        let seconds = Double((clock.now - start) / .milliseconds(1)) / 1000
        print(
            "\(arguments.count) seeds from \(arguments.first) in \(seconds) s, \(Int(Double(arguments.count) / max(seconds, 0.001))) a second"
        )
        print("\(counts)")
        print("hash of all events \(String(hash, radix: 16))")
        print(failures.isEmpty ? "all promises kept" : "\(failures.count) seeds broke a promise")
        return failures.isEmpty
    }
}
