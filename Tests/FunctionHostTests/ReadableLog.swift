import FunctionKit
import FunctionTesting

@testable import FunctionHost

/// A log whose lines a test reads when all is said.
final class ReadableLog: Sendable {
    let log: HostLog
    private let writer: LogWriter
    private let output: LogOutput

    /// Opens the log; the clock stands still, so every line has the same time.
    init(levels: LogLevelRules = LogLevelRules()) throws {
        output = try LogOutput()
        writer = LogWriter(descriptor: output.descriptor)
        log = HostLog(writer: writer, format: .console, clock: ManualClock(), levels: levels)
    }

    /// Closes the log and gives what was written: one element a line, without the time.
    func finish() -> [String] {
        writer.close()
        return output.text.split(separator: "\n").map { line in
            String(line.split(separator: "] ", maxSplits: 1).last ?? line)
        }
    }
}
