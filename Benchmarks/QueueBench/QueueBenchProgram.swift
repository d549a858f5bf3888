import DocumentStore
import FunctionHost
import FunctionKit
import Glibc

/// Measures messages a second, end to end: many writers enqueue, each waiting until its message is durable; a listener takes
/// them, hands each to a function that does nothing, and removes it durably. `scripts/bench-queues` asks for it.
@main
struct QueueBenchProgram {
    static func main() {
        // Detached from the main actor, whose thread waits below.
        Task.detached {
            do {
                try await Measure(Options(CommandLine.arguments)).run()
                exit(EXIT_SUCCESS)
            } catch {
                print("QueueBench: \(error)")
                exit(EXIT_FAILURE)
            }
        }
        // The main thread stays here: valgrind does not bear that it ends, as it does in an asynchronous main function.
        while true { pause() }
    }
}

/// `--name number` options, and the folder.
struct Options {
    let folder: String
    private var numbers: [String: Int] = [:]

    init(_ words: [String]) {
        var folder = ""
        var words = words.dropFirst()
        while let name = words.popFirst(), let value = words.popFirst() {
            if name == "--folder" { folder = value } else { numbers[name] = Int(value) }
        }
        self.folder = folder
    }

    func number(_ name: String, or other: Int) -> Int { numbers["--" + name] ?? other }
}
