import DocumentStore
import FunctionKit
import FunctionTesting

/// Kills victims and compares what they were told with what is there afterwards, round after round on one folder.
struct CrashDriver {
    /// The program that plays the victim.
    var program: String
    /// Where the data is; made by the first victim.
    var folder: String
    /// What the moments of the kills and the victims' choices follow. The same seed does not repeat a run, since the system
    /// divides the time; it repeats the choices.
    var seed: UInt64
    /// What is broken in the victims on purpose; nil for nothing.
    var fault: Fault?

    /// What was done and found.
    struct Outcome {
        var rounds = 0
        var kills = 0
        /// Kills before the victim had told of an acknowledgement.
        var killsWhileOpening = 0
        var acknowledgements = 0
        /// Commits that were on their way when their process died.
        var unanswered = 0
        var tornTails = 0
        var uselessHints = 0
        var problems: [String] = []

        /// One line.
        var summary: String {
            "\(rounds) rounds, \(kills) kills, \(killsWhileOpening) of them before the first acknowledgement; "
                + "\(acknowledgements) acknowledged commits, \(unanswered) unanswered ones, \(tornTails) torn tails, "
                + "\(uselessHints) useless hint files, "
                + "\(problems.count) problems"
        }
    }

    /// Runs the rounds, up to the first that shows a problem.
    func run(rounds: Int) async throws -> Outcome {
        var outcome = Outcome()
        var history = History()
        let random = SeededRandomSource(seed: seed)
        for round in 0..<rounds where history.problems.isEmpty {
            outcome.rounds += 1
            // Now and then once or twice more before anybody looks, then while the folder is being opened.
            var opening = 0
            repeat {
                let isShort = opening > 0 || random.next() % 4 == 0
                let life = isShort ? random.next() % 20_000 : 50_000 + random.next() % 350_000
                try killOne(round * 10 + opening, after: .microseconds(Int64(life)), &history, &outcome)
                opening += 1
            } while opening < 3 && random.next() % 3 == 0
            outcome.unanswered += history.unanswered
            // A reader changes nothing, so that the next victim meets the folder as the crash has left it.
            let recovery = await Recovery(of: folder, random.next() % 2 == 0 ? .readOnly : .exclusive)
            outcome.tornTails += recovery.tornTails
            outcome.uselessHints += recovery.uselessHints
            history.add(recovery.problems)
            for (tenant, found) in recovery.tenants { history.compare(tenant, found) }
        }
        outcome.acknowledgements = history.acknowledgements
        outcome.problems = history.problems
        return outcome
    }

    /// Starts a victim, lets it live for `life` after it has begun to open the folder, and kills it.
    private func killOne(
        _ number: Int,
        after life: Duration,
        _ history: inout History,
        _ outcome: inout Outcome
    ) throws {
        let arguments = ["victim", "--folder", folder, "--seed", "\(seed)", "--round", "\(number)"]
        var process = try LineProcess(program, arguments + (fault.map { ["--fault", $0.rawValue] } ?? []))
        let acknowledgements = history.acknowledgements
        // A loaded machine may take its time to start a process.
        if let line = process.nextLine(within: .seconds(30)) { take(line, &history) }
        let deadline = ContinuousClock.now + life
        while let line = process.nextLine(within: max(.zero, deadline - .now)) {
            take(line, &history)
            if .now >= deadline { break }
        }
        process.kill()
        while let line = process.nextLine(within: .seconds(30)) { take(line, &history) }
        if let status = process.waitForEnd() { history.add(["victim \(number) ended by itself with status \(status)"]) }
        outcome.kills += 1
        if history.acknowledgements == acknowledgements { outcome.killsWhileOpening += 1 }
    }

    private func take(_ line: String, _ history: inout History) {
        if let report = Report(line) { history.take(report) } else { history.add(["unreadable report: \(line)"]) }
    }
}
