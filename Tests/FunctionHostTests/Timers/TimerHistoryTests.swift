import FoundationEssentials
import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// What became of each occurrence, as the store keeps it.
@Suite struct TimerHistoryTests {
    /// Hosts that run and stop, one after the other, and what is written then.
    private struct Scene: Sendable, CustomTestStringConvertible {
        enum Step: Sendable {
            /// A host starts with this timer.
            case start(String, MissedRunPolicy, disabled: Bool = false, onStartup: Bool = false)
            /// So many seconds pass while the host does whatever is due.
            case pass(Int)
            /// So many seconds pass in one go.
            case jump(Int)
            /// Runs last until `release`.
            case hold
            case release
            case fails(Bool)
            case manual
            case stop
        }
        var name: String
        var steps: [Step]
        var history: [String]
        var next: String?
        var testDescription: String { name }
    }

    private static let scenes: [Scene] = [
        Scene(
            name: "runs at its time",
            steps: [.start("0 */5 * * * *", .once), .pass(610), .stop],
            history: ["succeeded scheduled 12:05:00", "succeeded scheduled 12:10:00"],
            next: "12:15:00"
        ),
        Scene(
            name: "fails",
            steps: [.start("0 */5 * * * *", .once), .fails(true), .pass(300), .fails(false), .pass(300), .stop],
            history: ["failed scheduled 12:05:00 (It broke.)", "succeeded scheduled 12:10:00"]
        ),
        Scene(
            name: "by hand and at the start",
            steps: [.start("0 */5 * * * *", .once, onStartup: true), .pass(10), .manual, .pass(300), .stop],
            history: ["succeeded run_on_startup 12:00:10", "succeeded manual 12:00:20", "succeeded scheduled 12:05:00"]
        ),
        Scene(
            name: "no host ran: one run stands for all",
            steps: [
                .start("0 */5 * * * *", .once), .pass(300), .stop, .jump(1800), .start("0 */5 * * * *", .once), .stop,
            ],
            history: [
                "succeeded scheduled 12:05:00", "succeeded past_due 12:10:00",
                "skipped host_stopped 12:15:00-12:35:00 ×5",
            ],
            next: "12:40:00"
        ),
        Scene(
            name: "no host ran, skip",
            steps: [
                .start("0 */5 * * * *", .skip), .stop, .jump(1800), .start("0 */5 * * * *", .skip), .pass(300), .stop,
            ],
            history: ["skipped host_stopped 12:05:00-12:30:00 ×6", "succeeded scheduled 12:35:00"],
            next: "12:40:00"
        ),
        Scene(
            name: "skip is no edit at the next start",
            steps: [
                .start("0 */5 * * * *", .skip), .stop, .jump(900), .start("0 */5 * * * *", .skip), .stop, .jump(10),
                .start("0 */5 * * * *", .skip), .stop,
            ],
            history: ["skipped host_stopped 12:05:00-12:15:00 ×3"],
            next: "12:20:00"
        ),
        Scene(
            name: "no host ran, all",
            steps: [
                .start("0 */5 * * * *", .all), .stop, .jump(950), .start("0 */5 * * * *", .all), .pass(300), .stop,
            ],
            history: [
                "succeeded past_due 12:05:00", "succeeded past_due 12:10:00", "succeeded past_due 12:15:00",
                "succeeded scheduled 12:20:00",
            ],
            next: "12:25:00"
        ),
        Scene(
            name: "all of a period",
            steps: [.start("00:05:00", .all), .stop, .jump(1000), .start("00:05:00", .all), .stop],
            history: [
                "succeeded past_due 12:05:10", "succeeded past_due 12:10:10", "succeeded past_due 12:15:10",
            ],
            // A period counts from the start of a run that nobody waits behind.
            next: "12:21:50"
        ),
        Scene(
            name: "all has a bound: the oldest are dropped",
            steps: [.start("0 * * * * *", .all), .stop, .jump(60 * 103), .start("0 * * * * *", .all), .stop],
            history: ["skipped catch_up_limit 12:01:00-12:03:00 ×3"]
                + (4...103).map { minute in
                    let text = minute % 60 < 10 ? "0\(minute % 60)" : "\(minute % 60)"
                    return "succeeded past_due \(12 + minute / 60):\(text):00"
                },
            next: "13:44:00"
        ),
        Scene(
            name: "a run longer than the period: one catches up",
            steps: [.start("0 * * * * *", .once), .hold, .pass(50), .jump(200), .release, .pass(40), .stop],
            history: [
                "succeeded scheduled 12:01:00", "succeeded caught_up 12:02:00",
                "skipped overlap 12:03:00-12:04:00 ×2", "succeeded scheduled 12:05:00",
            ]
        ),
        Scene(
            name: "a run longer than the period, skip",
            steps: [.start("0 * * * * *", .skip), .hold, .pass(50), .jump(200), .release, .pass(40), .stop],
            history: [
                "succeeded scheduled 12:01:00", "skipped overlap 12:02:00-12:04:00 ×3", "succeeded scheduled 12:05:00",
            ]
        ),
        Scene(
            name: "a run longer than the period, all",
            steps: [.start("0 * * * * *", .all), .hold, .pass(50), .jump(200), .release, .pass(40), .stop],
            history: ["succeeded scheduled 12:01:00"]
                + [2, 3, 4].map { "succeeded caught_up 12:0\($0):00" } + ["succeeded scheduled 12:05:00"]
        ),
        Scene(
            name: "an edited schedule drops the missed run",
            steps: [.start("0 */5 * * * *", .once), .stop, .jump(1200), .start("0 */7 * * * *", .once), .stop],
            history: ["skipped schedule_edited 12:05:00"],
            next: "12:21:00"
        ),
        Scene(
            name: "an edited schedule before its time",
            steps: [.start("0 */5 * * * *", .once), .stop, .jump(30), .start("0 */7 * * * *", .once), .stop],
            history: [],
            next: "12:07:00"
        ),
        Scene(
            name: "disabled meanwhile",
            steps: [
                .start("0 */5 * * * *", .once), .stop, .jump(350), .start("0 */5 * * * *", .once, disabled: true),
                .jump(600),
                .stop, .jump(10), .start("0 */5 * * * *", .skip), .stop,
            ],
            history: ["skipped host_stopped 12:05:00", "skipped disabled 12:05:00-12:15:00 ×3"],
            next: "12:20:00"
        ),
        Scene(
            name: "too fast for an entry a run",
            steps: [
                .start("*/10 * * * * *", .once), .pass(60), .fails(true), .pass(20), .fails(false), .pass(20), .stop,
            ],
            history: ["succeeded scheduled 12:00:20-12:01:50 ×8", "failed scheduled 12:01:20-12:01:30 ×2 (It broke.)"]
        ),
        Scene(
            name: "too fast, and no host ran",
            steps: [
                .start("*/10 * * * * *", .once), .pass(20), .stop, .jump(60), .start("*/10 * * * * *", .once), .stop,
            ],
            history: ["succeeded scheduled 12:00:20-12:00:30 ×2", "skipped host_stopped 12:00:40-12:01:30 ×6"]
        ),
        Scene(
            name: "nobody counts for ever",
            steps: [.start("0 * * * * *", .skip), .stop, .jump(86_400 * 30), .start("0 * * * * *", .skip), .stop],
            history: ["skipped host_stopped 12:01:00-12:00:10 ×1000+"]
        ),
    ]

    @Test(arguments: scenes)
    private func tellsWhatBecameOfEachOccurrence(_ scene: Scene) async throws {
        let world = try TimerWorld()
        var service: TimerService?
        for step in scene.steps {
            switch step {
            case .start(let schedule, let missed, let disabled, let onStartup):
                service = world.service([
                    try TimerDefinition(
                        "tick",
                        schedule,
                        runOnStartup: onStartup,
                        isDisabled: disabled,
                        missed: missed
                    )
                ])
                await service?.start()
                await world.settle(service)
            case .pass(let seconds):
                // Step by step, so that everything runs at its time.
                for _ in 0..<(seconds / 10) {
                    world.clock.advance(by: .seconds(10))
                    await world.settle(service)
                }
            case .jump(let seconds):
                world.clock.advance(by: .seconds(seconds))
                await world.settle(service)
            case .hold: world.functions.hold()
            case .release:
                world.functions.release()
                await world.settle(service)
            case .fails(let fails): world.functions.fail(fails)
            case .manual:
                _ = try await service?.run("tick", result: { $0 }) { [functions = world.functions] in
                    await functions.run($0)
                }
            case .stop:
                await service?.stop()
                service = nil
            }
        }
        #expect(try await world.history(of: "tick") == scene.history)
        if let next = scene.next {
            let text = try #require(try await world.status(of: "tick")?.next.wholeSecondsText)
            #expect(text.dropFirst(11).prefix(8) == next)
        }
        #expect(world.functions.runningMax <= 1)
    }

    // MARK: - Bounds

    @Test func eachTimerHasItsShare() {
        #expect(TimerHistoryLimits.entriesPerTimer(timers: 0) == 500)
        #expect(TimerHistoryLimits.entriesPerTimer(timers: 200) == 500)
        #expect(TimerHistoryLimits.entriesPerTimer(timers: 1000) == 100)
        #expect(TimerHistoryLimits.entriesPerTimer(timers: 50_000) == 10)
    }

    private func entry(_ second: Int64, _ failure: String? = nil) -> TimerHistoryEntry {
        TimerHistoryEntry(
            TimerRunResult(failure: failure, invocationID: "i-\(second)"),
            .scheduled,
            at: Timestamp(seconds: second),
            startedAt: Timestamp(seconds: second),
            duration: .milliseconds(second)
        )
    }

    @Test func removesTheOldestOfManyAFewAtATime() {
        var buffer = TimerHistoryBuffer(kept: 10)
        buffer.load(first: 1, next: 31)
        buffer.append(entry(1))
        var change = buffer.take()
        #expect(change.entries.map(\.number) == [31])
        #expect(change.removed == 1..<9)
        // What could not be written is written with what follows.
        buffer.restore(change)
        buffer.append(entry(2))
        change = buffer.take()
        #expect(change.entries.map(\.number) == [31, 32])
        #expect(change.removed == 1..<9)
        let rest: [Range<Int64>] = [9..<17, 17..<23, 23..<23]
        for expected in rest { #expect(buffer.take().removed == expected) }
        buffer.append(entry(3))
        #expect(buffer.take().removed == 23..<24)
    }

    @Test func aStoreThatTakesNothingCostsTheOldest() {
        var buffer = TimerHistoryBuffer()
        for second in 1...100 {
            buffer.append(entry(Int64(second)))
            let change = buffer.take()
            buffer.restore(change)
        }
        let change = buffer.take()
        #expect(change.entries.map(\.number) == Array(37...100))
        #expect(buffer.next == 101)
    }

    @Test func gathersWhatIsAlikeForAnHour() {
        var buffer = TimerHistoryBuffer()
        buffer.gathers = true
        for second in 0..<7200 { buffer.append(entry(Int64(second), second % 100 == 99 ? "It broke." : nil)) }
        let entries = buffer.take().entries.map(\.entry)
        #expect(entries.map(\.outcome) == [.succeeded, .failed, .succeeded, .failed])
        #expect(entries.map(\.count) == [3564, 36, 3564, 36])
        #expect(entries[0].durationMilliseconds == 3598)
        #expect(entries[0].invocationID == nil)
        #expect(buffer.isEmpty)
        // One more belongs to an entry that is written already, and writes that again.
        buffer.append(entry(7200 - 1))
        #expect(buffer.take().entries.map(\.number) == [3])
    }

    @Test func failuresWithEverNewWordsAreBounded() {
        var buffer = TimerHistoryBuffer()
        buffer.gathers = true
        for second in 0..<100 { buffer.append(entry(Int64(second), "Failure \(second).")) }
        let entries = buffer.take().entries
        #expect(entries.count == TimerHistoryLimits.gatheredKindsMax)
        #expect(entries.reduce(0) { $0 + ($1.entry.count ?? 1) } == 100)
    }

    @Test func writesTheJSONThatItReads() throws {
        var entries = [entry(1), entry(2, "It \"broke\"\n\u{1}."), entry(3)]
        entries[2].merge(entry(4))
        entries[2].isAtLeast = true
        entries[2].host = "web-1/4711/3f9a2c01"
        let missed = MissedOccurrences(first: entries[0].at, last: entries[1].at, count: 2, isAtLeast: true)
        entries.append(TimerHistoryEntry(skipped: missed, .noLease))
        for entry in entries {
            #expect(try JSONDecoder().decode(TimerHistoryEntry.self, from: Data(entry.json)) == entry)
        }
        var record = TimerRecord()
        #expect(String(decoding: record.json, as: UTF8.self) == "{}")
        record.status = .init(last: nil, next: entries[0].at, lastUpdated: entries[1].at)
        record.isDisabled = true
        record.historyNext = -1
        #expect(try JSONDecoder().decode(TimerRecord.self, from: Data(record.json)) == record)
        record.last = .never
        record.accounted = entries[2].at
        record.historyFirst = .max
        #expect(try JSONDecoder().decode(TimerRecord.self, from: Data(record.json)) == record)
    }

    @Test func cutsLongErrors() {
        let long = entry(1, String(repeating: "x", count: 5000))
        #expect(long.error?.utf8.count == TimerHistoryEntry.errorBytesMax)
    }

    @Test func keepsEntriesForAMonth() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 */5 * * * *", runOnStartup: true)])
        await service.start()
        await world.settle(service)
        await service.stop()
        #expect(try await world.history(of: "tick").count == 1)
        world.clock.advance(by: TimerHistoryLimits.age - .seconds(1))
        #expect(try await world.history(of: "tick").count == 1)
        world.clock.advance(by: .seconds(1))
        #expect(try await world.history(of: "tick").isEmpty)
    }

    @Test func tellsOfWhatWasMissedLongAgo() async throws {
        let world = try TimerWorld()
        for year in 0..<2 {
            world.clock.advance(by: .seconds(year * 366 * 86_400))
            let service = world.service([try TimerDefinition("tick", "0 0 12 1 1-3 *", missed: .skip)])
            await service.start()
            await service.stop()
        }
        #expect(try await world.history(of: "tick") == ["skipped host_stopped 12:00:00-12:00:00 ×3"])
        world.clock.advance(by: TimerHistoryLimits.age)
        #expect(try await world.history(of: "tick").isEmpty)
    }

    @Test func pagesFromTheNewestOn() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("tick", "0 * * * * *")])
        await service.start()
        await world.settle(service)
        for _ in 0..<7 {
            world.clock.advance(by: .seconds(60))
            await world.settle(service)
        }
        var pages: [[Int64]] = []
        var cursor: Int64?
        repeat {
            let page = try #require(try await service.history(of: "TICK", before: cursor, limit: 3))
            pages.append(page.entries.map(\.number))
            cursor = page.next
        } while cursor != nil
        #expect(pages == [[7, 6, 5], [4, 3, 2], [1]])
        #expect(try await service.history(of: "other", before: nil, limit: 3) == nil)
        await service.stop()
    }

    @Test func listsADisabledFunctionUpToNow() async throws {
        let world = try TimerWorld()
        let service = world.service([try TimerDefinition("off", "0 */5 * * * *", isDisabled: true)])
        await service.start()
        for expected in ["skipped disabled 12:05:00-12:10:00 ×2", "skipped disabled 12:05:00-12:20:00 ×4"] {
            world.clock.advance(by: .seconds(600))
            let page = try #require(try await service.history(of: "off", before: nil, limit: 3))
            #expect(page.entries.map(\.entry.line) == [expected])
        }
        await service.stop()
    }
}
