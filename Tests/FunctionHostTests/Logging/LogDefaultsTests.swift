import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import FunctionHost

/// What the log keeps by default, by option and by `host.json`, and how a terminal shows it.
struct LogDefaultsTests {
    private func rules(_ texts: [String: String]) throws -> LogLevelRules {
        var rules = LogLevelRules()
        for (category, name) in texts { rules.set(try #require(LogLevelRules.threshold(named: name)), for: category) }
        return rules
    }

    private func lines(
        _ defaults: LogDefaults,
        rules: LogLevelRules = LogLevelRules(),
        isColored: Bool = false,
        _ body: (HostLog) -> Void
    ) throws -> String {
        let output = try LogOutput()
        let writer = LogWriter(descriptor: output.descriptor)
        let clock = ManualClock(now: Timestamp(seconds: 1_000_000_000))
        body(
            HostLog(
                writer: writer,
                format: .console,
                clock: clock,
                levels: rules,
                defaults: defaults,
                isColored: isColored
            )
        )
        writer.close()
        return output.text
    }

    @Test(arguments: [
        ("Function.a", true), ("Function.a.User", true), ("Host.Function.Console", true), ("Host.Startup", false),
        ("Host.Triggers.Timer", false), ("Microsoft.Azure.WebJobs.Script", false), ("Worker.node", false),
        ("MyApp.Service", true), ("Hostess", true), ("", true),
    ])
    func aCategoryIsTheHostsOrAFunctions(category: String, isUser: Bool) {
        #expect(LogDefaults.isUser(category) == isUser)
    }

    /// Console, verbose, JSON: the least level that is kept of a host's category and of a function's.
    @Test(arguments: [
        (LogFormat.console, false, LogLevel.warning, LogLevel.information),
        (.console, true, .information, .information), (.json, false, .information, .information),
    ])
    func startsLikeAzuresLocalTools(format: LogFormat, isVerbose: Bool, system: LogLevel, user: LogLevel) {
        let log = HostLog(
            writer: LogWriter(descriptor: -1),
            format: format,
            clock: ManualClock(),
            defaults: LogDefaults(format: format, isVerbose: isVerbose)
        )
        for level in LogLevel.allCases {
            #expect(log.isEnabled(level, category: "Host.Startup") == (level >= system))
            #expect(log.isEnabled(level, category: "Function.a.User") == (level >= user))
        }
        log.writer.close()
    }

    struct Row: Sendable {
        var rules: [String: String]
        var option: String?
        var category: String
        var least: LogLevel?
    }

    @Test(arguments: [
        Row(rules: ["default": "Debug"], category: "Host.Startup", least: .debug),
        Row(rules: ["default": "Debug"], category: "Function.a", least: .debug),
        Row(rules: ["default": "Debug"], option: "Error", category: "Function.a", least: .error),
        Row(rules: ["default": "Debug"], option: "Error", category: "Host.Startup", least: .debug),
        Row(rules: ["Function.a": "Trace"], option: "Error", category: "Function.a.User", least: .trace),
        Row(rules: ["FUNCTION": "Trace", "function.a": "None"], category: "Function.A", least: nil),
        Row(rules: ["Host.Startup": "Information"], category: "Host.Startup", least: .information),
        Row(rules: ["Host.Startup": "Information"], category: "Host.Store", least: .warning),
        Row(rules: [:], option: "None", category: "Function.a", least: nil),
    ])
    func hostJSONAndTheOptionDecide(row: Row) throws {
        let option = try row.option.map { try #require(LogLevelRules.threshold(named: $0)) }
        let log = HostLog(
            writer: LogWriter(descriptor: -1),
            format: .console,
            clock: ManualClock(),
            levels: try rules(row.rules),
            defaults: LogDefaults(format: .console, userOption: option)
        )
        let kept = LogLevel.allCases.first { log.isEnabled($0, category: row.category) }
        #expect(kept == row.least)
        log.writer.close()
    }

    @Test(arguments: [
        ([String: String](), false, false), ([:], true, true), (["Function": "Debug"], false, true),
        (["Function.b": "Debug"], false, false), (["Function": "Information"], false, false),
        (["Function": "Error"], true, false),
    ])
    func anInvocationsBeginningIsToldWhenAsked(texts: [String: String], isVerbose: Bool, isTold: Bool) throws {
        let log = HostLog(
            writer: LogWriter(descriptor: -1),
            format: .console,
            clock: ManualClock(),
            levels: try rules(texts),
            defaults: LogDefaults(format: .console, isVerbose: isVerbose)
        )
        #expect(log.tellsBeginnings(of: "Function.a") == isTold)
        log.writer.close()
    }

    @Test func anAnnouncementIsAlwaysShown() throws {
        let text = try lines(LogDefaults(format: .console)) { log in
            log.announce(LogRecord(level: .information, category: "Host.General", message: "Stopping host..."))
            Logger(sink: log, category: "Host.General").info("quiet")
        }
        #expect(text == "[2001-09-09T01:46:40.000Z] Stopping host...\n")
    }

    @Test func aTerminalGetsColoursOnEveryLine() throws {
        let text = try lines(LogDefaults(), isColored: true) { log in
            Logger(sink: log, category: "Host").error("bad\nworse")
            Logger(sink: log, category: "Host").warning("odd")
            Logger(sink: log, category: "Host").info("fine")
        }
        let time = "\u{1B}[90m[2001-09-09T01:46:40.000Z] \u{1B}[0m"
        #expect(
            text == time + "\u{1B}[91mbad\u{1B}[0m\n" + time + "\u{1B}[91m  worse\u{1B}[0m\n"
                + time + "\u{1B}[33modd\u{1B}[0m\n" + time + "\u{1B}[36mfine\u{1B}[0m\n"
        )
    }

    @Test func nothingElseIsColoured() {
        #expect(!ConsoleColor.isWanted(on: -1, environment: [:]))
        #expect(ConsoleColor.red.paint("x", false) == "x")
    }

    @Test func thePrefixesCompareWithoutRegardToCase() throws {
        let rules = try rules(["Host.Triggers": "Debug", "host.triggers.TIMER": "Error", "Ä": "None"])
        #expect(rules.threshold(for: "HOST.triggers.queue") == .from(.debug))
        #expect(rules.threshold(for: "Host.Triggers.Timer") == .from(.error))
        #expect(rules.threshold(for: "Host.Trigger") == nil)
        #expect(rules.threshold(for: "") == nil)
        #expect(rules.mayKeep(.debug))
        #expect(!rules.mayKeep(.trace))
    }
}
