import FunctionHost
import FunctionKit
import Glibc

/// Computes occurrences of schedules, for `scripts/bench timers`, which lets croniter compute the same ones.
///
/// It reads lines of an expression, a tab and a time in seconds since 1970, and prints for each of two measures its name, how
/// many occurrences it computes in a second, and the sum of all of one round, by which the script knows that they are the same.
@main
struct TimerBenchProgram {
    private struct Case {
        var expression: String
        var from: Timestamp
    }

    /// How many occurrences of each case come one after another.
    private static let chainCount = 100

    static func main() throws {
        let seconds = Double(CommandLine.arguments.dropFirst().first ?? "") ?? 1
        let cases = readCases()
        try measure("first", seconds) {
            try cases.reduce(0) { try $0 &+ first($1) }
        } counting: {
            cases.count
        }
        let schedules = try cases.map { (schedule: try Schedule(parsing: $0.expression), from: $0.from) }
        try measure("chain", seconds) {
            schedules.reduce(0) { $0 &+ chain($1.schedule, $1.from) }
        } counting: {
            schedules.count * chainCount
        }
    }

    /// The first occurrence, the reading of the expression included.
    private static func first(_ row: Case) throws -> Int64 {
        try Schedule(parsing: row.expression).next(after: row.from, in: .utc)?.seconds ?? 0
    }

    private static func chain(_ schedule: Schedule, _ from: Timestamp) -> Int64 {
        var moment = from
        var sum: Int64 = 0
        for _ in 0..<chainCount {
            guard let next = schedule.next(after: moment, in: .utc) else { break }
            moment = next
            sum &+= next.seconds
        }
        return sum
    }

    private static func measure(
        _ name: String,
        _ seconds: Double,
        _ round: () throws -> Int64,
        counting count: () -> Int
    ) throws {
        let sum = try round()
        let clock = ContinuousClock()
        let begin = clock.now
        var rounds = 0
        while clock.now - begin < .seconds(seconds) {
            guard try round() == sum else { fatalError("the same cases gave other occurrences") }
            rounds += 1
        }
        let elapsed = (clock.now - begin) / .seconds(1)
        print(name, Double(rounds * count()) / elapsed, sum)
    }

    private static func readCases() -> [Case] {
        var cases: [Case] = []
        while let line = readLine() {
            let halves = line.split(separator: "\t")
            guard halves.count == 2, let from = Int64(halves[1]) else { continue }
            cases.append(Case(expression: String(halves[0]), from: Timestamp(seconds: from)))
        }
        return cases
    }
}
