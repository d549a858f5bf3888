import FoundationEssentials
import Glibc

/// `StoreCrash drive --rounds N [--seed S] [--fault F]` kills N victims; `StoreCrash victim …` is what it kills.
@main
struct StoreCrashProgram {
    static func main() async {
        var arguments = Arguments(CommandLine.arguments.dropFirst())
        switch arguments.command {
        case "drive": await drive(&arguments)
        case "victim":
            let victim = Victim(
                folder: arguments["--folder"] ?? "",
                seed: arguments.number("--seed") ?? 0,
                round: Int(arguments.number("--round") ?? 0),
                fault: arguments["--fault"].flatMap { Fault(rawValue: $0) }
            )
            await victim.run()
        default: end("Usage: StoreCrash drive --rounds N [--seed S] [--fault \(faults)]", status: 64)
        }
    }

    private static var faults: String { Fault.allCases.map(\.rawValue).joined(separator: "|") }

    private static func drive(_ arguments: inout Arguments) async {
        let seed = arguments.number("--seed") ?? .random(in: 0...999_999_999)
        let rounds = Int(arguments.number("--rounds") ?? 50)
        let name = arguments["--fault"]
        let fault = name.flatMap { Fault(rawValue: $0) }
        if let name, fault == nil { end("There is no fault '\(name)'. There are: \(faults).", status: 64) }
        guard let program = realpath("/proc/self/exe", nil) else { end("This program cannot find itself.", status: 70) }
        defer { free(program) }
        let folder = "/tmp/store-crash-\(getpid())-\(seed)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            end("\(error)", status: 73)
        }
        print("seed \(seed)")
        let driver = CrashDriver(program: String(cString: program), folder: folder + "/data", seed: seed, fault: fault)
        do {
            let outcome = try await driver.run(rounds: rounds)
            print(outcome.summary)
            for problem in outcome.problems.prefix(20) { print("  \(problem)") }
            // What was broken on purpose needs no looking into.
            if fault != nil { try? FileManager.default.removeItem(atPath: folder) }
            guard outcome.problems.isEmpty else {
                end(
                    fault == nil ? "The folder stays for looking into it: \(folder)" : "The fault was found.",
                    status: 1
                )
            }
        } catch {
            end("\(error)", status: 70)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func end(_ message: String, status: Int32) -> Never {
        print(message)
        exit(status)
    }
}

/// Words of the form `command --name value …`.
private struct Arguments {
    let command: String
    private var values: [String: String] = [:]

    init(_ words: ArraySlice<String>) {
        command = words.first ?? ""
        var words = words.dropFirst()
        while let name = words.popFirst(), let value = words.popFirst() { values[name] = value }
    }

    subscript(name: String) -> String? { values[name] }

    func number(_ name: String) -> UInt64? { values[name].flatMap { UInt64($0) } }
}
