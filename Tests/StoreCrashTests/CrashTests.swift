import Testing

@testable import StoreCrash

/// The store in processes that are killed for real.
@Suite struct CrashTests {
    /// What every crash promises: no acknowledged commit is lost, none is there in part, no revision is given twice.
    @Test(.timeLimit(.minutes(4))) func fiftyRoundsOfKillsLoseNothing() async throws {
        let run = try await drive(rounds: 50)
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("50 rounds, "), "\(run.output)")
    }

    /// The driver is worth something only if it finds bugs; these are put in on purpose.
    @Test(.timeLimit(.minutes(2)), arguments: Fault.allCases)
    func bugsAreFound(_ fault: Fault) async throws {
        let run = try await drive(rounds: 50, fault: fault)
        #expect(run.status == 1, "\(run.output)")
        #expect(run.output.contains("The fault was found."), "\(run.output)")
    }

    private func drive(rounds: Int, fault: Fault? = nil) async throws -> (status: Int32?, output: String) {
        let seed = UInt64.random(in: 0...999_999_999)
        let arguments =
            ["drive", "--rounds", "\(rounds)", "--seed", "\(seed)"] + (fault.map { ["--fault", $0.rawValue] } ?? [])
        let child = try LineProcess(program, arguments)
        return await withCheckedContinuation { continuation in
            // It blocks for many seconds, for which a thread of Swift's concurrency is not there.
            onThread {
                var process = child
                var lines: [String] = []
                while let line = process.nextLine(within: .seconds(200)) { lines.append(line) }
                process.kill()
                continuation.resume(returning: (process.waitForEnd(), lines.joined(separator: "\n")))
            }
        }
    }
}
