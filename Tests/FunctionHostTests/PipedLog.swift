import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import FunctionHost

/// A log whose lines a test reads when all is said.
final class PipedLog: Sendable {
    let log: HostLog
    private let writer: LogWriter
    private let ends: [Int32]

    /// Opens the log; the clock stands still, so every line has the same time.
    init(levels: LogLevelRules = LogLevelRules()) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        self.ends = ends
        writer = LogWriter(descriptor: ends[1])
        log = HostLog(writer: writer, format: .console, clock: ManualClock(), levels: levels)
    }

    /// Closes the log and gives what was written: one element a line, without the time.
    func finish() -> [String] {
        writer.close()
        close(ends[1])
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 { text += buffer[..<count] }
        close(ends[0])
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            String(line.split(separator: "] ", maxSplits: 1).last ?? line)
        }
    }
}
