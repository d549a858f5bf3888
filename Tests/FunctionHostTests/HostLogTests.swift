import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import FunctionHost

/// How log lines look, and what never shows in them.
struct HostLogTests {
    /// What a log writes into a pipe.
    private func lines(
        _ format: LogFormat,
        levels: LogLevelRules = LogLevelRules(),
        redactor: Redactor = Redactor(secrets: []),
        _ body: (HostLog) -> Void
    ) throws -> String {
        let output = try LogOutput()
        let writer = LogWriter(descriptor: output.descriptor)
        let clock = ManualClock(now: Timestamp(seconds: 1_000_000_000))
        body(HostLog(writer: writer, format: format, clock: clock, levels: levels, redactor: redactor))
        writer.close()
        return output.text
    }

    @Test func consoleLinesCarryTheTime() throws {
        let text = try lines(.console) { log in
            Logger(sink: log, category: "Host").info("one\ntwo", ["port": "7071"])
            Logger(sink: log, category: "Host").error("bad")
        }
        #expect(
            text == """
                [2001-09-09T01:46:40.000Z] one
                [2001-09-09T01:46:40.000Z]   two port=7071
                [2001-09-09T01:46:40.000Z] Error: bad

                """
        )
    }

    @Test func linesAfterTheCloseAreLostAndASecondCloseReturns() throws {
        let output = try LogOutput()
        let writer = LogWriter(descriptor: output.descriptor)
        writer.append(Array("kept".utf8))
        writer.close()
        writer.append(Array("lost".utf8))
        writer.close()
        #expect(output.text == "kept")
    }

    @Test func jsonLinesAreJSON() throws {
        let text = try lines(.json) { log in
            Logger(sink: log, category: "Host").warning("a \"quote\"", ["k": "v\n"])
        }
        #expect(
            text == #"{"time":"2001-09-09T01:46:40.000Z","level":"warning","category":"Host","#
                + #""message":"a \"quote\"","k":"v\n"}"# + "\n"
        )
    }

    @Test func aSecretThatComesLaterIsHiddenFromThenOn() throws {
        let redactor = Redactor(secrets: ["first-secret"])
        let text = try lines(.console, redactor: redactor) { log in
            log.hide(["second-secret", "short"])
            Logger(sink: log, category: "Host").info("first-secret second-secret short")
        }
        #expect(text.hasSuffix("] [Hidden Credential] [Hidden Credential] short\n"))
    }

    @Test func noMessageDrivesTheTerminal() throws {
        let text = try lines(.console) { Logger(sink: $0, category: "Host").info("a\u{1B}[2Jb\rc") }
        #expect(text == "[2001-09-09T01:46:40.000Z] a?[2Jb?c\n")
    }

    @Test func noMessageForgesALine() throws {
        let forged = "a\n[2001-09-09T01:46:40.000Z] Executed 'Functions.x' (Succeeded)\r\u{9B}31m\u{85}é"
        let text = try lines(.console) { Logger(sink: $0, category: "Host").info(forged) }
        #expect(
            text == """
                [2001-09-09T01:46:40.000Z] a
                [2001-09-09T01:46:40.000Z]   [2001-09-09T01:46:40.000Z] Executed 'Functions.x' (Succeeded)??31m?é

                """
        )
    }

    @Test(arguments: [LogFormat.console, .json])
    func aHugeMessageIsCut(format: LogFormat) throws {
        let text = try lines(format) {
            Logger(sink: $0, category: "Host").info(String(repeating: "x", count: 1 << 20))
        }
        #expect(text.utf8.count < HostLog.textBytesMax + 200)
        #expect(text.contains("x… (cut; 1048576 bytes in all)"))
    }

    @Test(arguments: -12...2)
    func noCutShowsHalfASecret(offset: Int) throws {
        let redactor = Redactor(secrets: ["s3cr3t-value", "short-one"])
        let start = HostLog.textBytesMax + offset
        // Masks that are shorter than what they hide draw the end forward.
        let head = "s3cr3t-value" + String(repeating: "short-one", count: 2)
        let message = head + String(repeating: "x", count: start - head.count) + "s3cr3t-value and more"
        let text = try lines(.console, redactor: redactor) { Logger(sink: $0, category: "Host").info(message) }
        #expect(!text.contains("s3c"))
        #expect(!text.contains("short"))
    }

    @Test func aRecordHasABoundedNumberOfLines() throws {
        let text = try lines(.console) {
            Logger(sink: $0, category: "Host").info(String(repeating: "\n", count: 10_000))
        }
        #expect(text.split(separator: "\n").count == HostLog.consoleLinesMax)
        #expect(text.hasSuffix("… (cut; 10001 lines in all)\n"))
    }

    @Test(arguments: [LogFormat.console, .json])
    func secretsAreHidden(format: LogFormat) throws {
        let redactor = Redactor(settings: [
            "PSA_SERVICE_KEY": "s3cr3t-psa-key", "PSA_API_URL": "http://psa.example", "SHORT_KEY": "abc",
        ])
        let text = try lines(format, redactor: redactor) {
            Logger(sink: $0, category: "Host").info(
                "key s3cr3t-psa-key at http://psa.example abc",
                ["k": "s3cr3t-psa-key"]
            )
        }
        #expect(!text.contains("s3cr3t-psa-key"))
        #expect(text.contains("key [Hidden Credential] at http://psa.example abc"))
    }

    @Test(arguments: [
        (LogLevel.debug, "Function.a", false), (.information, "Function.a", true),
        (.warning, "Host.Store", false), (.error, "Host.Store", true), (.critical, "Host.Quiet", false),
        (.debug, "Host.Store.Detail", true), (.information, "Elsewhere", false), (.warning, "Elsewhere", true),
    ])
    func theLongestPrefixDecides(level: LogLevel, category: String, isKept: Bool) throws {
        var levels = LogLevelRules()
        levels.set(.from(.warning), for: "default")
        levels.set(.from(.information), for: "Function")
        levels.set(.from(.error), for: "Host.Store")
        levels.set(.from(.trace), for: "Host.Store.Detail")
        levels.set(.off, for: "Host.Quiet")
        let text = try lines(.console, levels: levels) {
            $0.log(LogRecord(level: level, category: category, message: "x"))
        }
        #expect(text.isEmpty == !isKept)
    }
}
