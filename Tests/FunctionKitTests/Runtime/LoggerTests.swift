import FunctionKit
import FunctionTesting
import Testing

/// What functions log through, and the sink of tests.
struct LoggerTests {
    /// A sink that refuses one category below warnings.
    private struct Quiet: LogSink {
        let kept = RecordingLog()
        func log(_ record: LogRecord) { kept.log(record) }
        func isEnabled(_ level: LogLevel, category: String) -> Bool { level >= .warning || category != "Quiet" }
    }

    @Test func aRecordSaysWhoWhatAndInWhichInvocation() throws {
        let log = RecordingLog()
        let id = InvocationID(high: 1, low: 2)
        let logger = Logger(sink: log, category: "Function.x.User", invocationID: id)
        logger.info("Sent.", ["to": "a", "size": "3", "to": "b"])
        let record = try #require(log.records.first)
        #expect(log.records.count == 1)
        #expect(record.level == .information)
        #expect(record.category == "Function.x.User")
        #expect(record.message == "Sent.")
        #expect(record.invocationID == id)
        #expect(record.fields.map(\.name) == ["to", "size", "to"])
        #expect(record.fields.map(\.value) == ["a", "3", "b"])
        #expect(log.text == "Function.x.User Sent. to=a size=3 to=b")
    }

    @Test func eachWordHasItsLevel() {
        let log = RecordingLog()
        let logger = Logger(sink: log, category: "c")
        logger.debug("d")
        logger.info("i")
        logger.warning("w")
        logger.error("e")
        logger.log(.trace, "t")
        logger.log(.critical, "c")
        #expect(log.records.map(\.level) == [.debug, .information, .warning, .error, .trace, .critical])
        #expect(log.records.allSatisfy { $0.invocationID == nil && $0.fields.isEmpty })
        #expect(log.messages(.warning) == ["w"])
        #expect(log.text == "c d\nc i\nc w\nc e\nc t\nc c")
    }

    @Test func aMessageThatNobodyKeepsIsNotMade() {
        let sink = Quiet()
        var made: [String] = []
        func message(_ text: String) -> String {
            made.append(text)
            return text
        }
        Logger(sink: sink, category: "Quiet").info(message("quiet"))
        Logger(sink: sink, category: "Quiet").error(message("loud"))
        Logger(sink: sink, category: "Other").info(message("other"))
        #expect(made == ["loud", "other"])
        #expect(sink.kept.records.map(\.message) == ["loud", "other"])
    }

    @Test func levelsAreOrdered() {
        #expect(LogLevel.allCases == LogLevel.allCases.sorted())
        #expect(LogLevel.trace < .debug && LogLevel.error < .critical)
        #expect(!(LogLevel.error < .error))
    }

    @Test func nothingIsLostBetweenTasks() async {
        let log = RecordingLog()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask { for line in 0..<100 { Logger(sink: log, category: "t").info("\(task).\(line)") } }
            }
        }
        #expect(Set(log.records.map(\.message)).count == 1600)
    }
}
