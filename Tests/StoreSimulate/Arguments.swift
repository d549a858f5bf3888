internal import Glibc
internal import StoreSimulation

/// What the command line asks for.
struct Arguments {
    struct Problem: Error {
        var message: String
    }

    var first: UInt64 = 1
    var count: UInt64 = 2000
    var seed: UInt64?
    var bug: SimulatedBug?
    var isInMemory = false
    var showsTrace = false
    var jobs = max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)

    static let usage = """
        usage: simulate [--seeds N] [--from S] [--jobs N] [--memory] [--bug NAME]
               simulate --seed S [--trace] [--memory] [--bug NAME]
        bugs:  \(SimulatedBug.allCases.map(\.rawValue).joined(separator: " "))
        """

    init(_ words: some Sequence<String>) throws(Problem) {
        var words = Array(words)[...]
        while let word = words.popFirst() {
            switch word {
            case "--seeds": count = try Self.number(&words, word)
            case "--from": first = try Self.number(&words, word)
            case "--seed": seed = try Self.number(&words, word)
            case "--jobs": jobs = max(Int(try Self.number(&words, word) % 256), 1)
            case "--memory": isInMemory = true
            case "--trace": showsTrace = true
            case "--bug":
                guard let bug = words.popFirst().flatMap({ SimulatedBug(rawValue: $0) }) else {
                    throw Problem(message: "--bug needs the name of one.")
                }
                self.bug = bug
            default: throw Problem(message: "'\(word)' is not known.")
            }
        }
    }

    private static func number(_ words: inout ArraySlice<String>, _ option: String) throws(Problem) -> UInt64 {
        guard let value = words.popFirst().flatMap({ UInt64($0) }), value < 1 << 62 else {
            throw Problem(message: "\(option) needs a number.")
        }
        return value
    }
}

/// Ends the program.
func exit(status: Int32) -> Never { Glibc.exit(status) }
