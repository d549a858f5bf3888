import DocumentStore
import FunctionKit
import Synchronization

/// Writing to a tenant that has many documents, beside one that has none, and while it is compacted.
enum LargeTenant {
    /// Creates per second in the tenant that `fill` made, and in an empty one, taking turns.
    static func creates(_ options: Options) async throws {
        let store = try StoreSubject(options.text("folder"))
        let writers = options.number("writers")
        try await store.declare("large")
        for run in 0..<options.number("runs") {
            let name = "empty-\(options.text("name"))-\(run)"
            try await store.declare(name)
            report("empty", try await Creates.creates(in: store, [name], writers, options.duration))
            report("full", try await Creates.creates(in: store, ["large"], writers, options.duration))
        }
        await store.engine.close()
    }

    /// The longest time that a writer waited for an acknowledgement at a steady load, without compaction and during one of the
    /// tenant, half of whose documents have been written again before.
    static func pauses(_ options: Options) async throws {
        let store = try StoreSubject(options.text("folder"), compacts: false)
        let keys = try await store.keys("large")
        for run in 0..<options.number("runs") {
            let half = keys.enumerated().filter { $0.offset % 2 == run % 2 }.map(\.element)
            try await store.rewrite("large", half)
            let load = Load(store, keys, perSecond: options.number("load", or: 500))
            let quiet = try await load.run { try await Task.sleep(for: .seconds(5)) }
            let busy = try await load.run { try await store.engine.compact(try TenantName("large")) }
            report("quiet", quiet.longest)
            report("quiet-99", quiet.percentile(99))
            report("pause", busy.longest)
            report("pause-99", busy.percentile(99))
            report("commits", Double(busy.milliseconds.count))
            report("compaction", busy.seconds)
        }
        await store.engine.close()
    }
}

/// Writers that replace documents at a steady rate, however long each takes.
private struct Load {
    struct Result {
        var seconds: Double
        /// Of each commit, in ascending order.
        var milliseconds: [Double]

        var longest: Double { milliseconds.last ?? 0 }
        func percentile(_ percent: Int) -> Double {
            milliseconds.isEmpty ? 0 : milliseconds[min(milliseconds.count * percent / 100, milliseconds.count - 1)]
        }
    }

    private static let writers = 16
    private let store: StoreSubject
    private let keys: [DocumentKey]
    private let interval: Duration

    init(_ store: StoreSubject, _ keys: [DocumentKey], perSecond: Int) {
        self.store = store
        self.keys = keys
        interval = .seconds(1) * Self.writers / perSecond
    }

    /// Writes until `body` returns.
    func run(_ body: @Sendable () async throws -> Void) async throws -> Result {
        let isOver = LockedState(false)
        let start = ContinuousClock.now
        return try await withThrowingTaskGroup(of: [Double].self) { group in
            for writer in 0..<Self.writers {
                group.addTask { try await write(writer, from: start, until: isOver) }
            }
            try await body()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            isOver.withLock { $0 = true }
            var all: [Double] = []
            for try await some in group { all += some }
            return Result(seconds: seconds, milliseconds: all.sorted())
        }
    }

    /// A commit that comes late delays the next ones of this writer no longer than it has to: each is due at its own moment.
    private func write(
        _ writer: Int,
        from start: ContinuousClock.Instant,
        until isOver: LockedState<Bool>
    ) async throws -> [Double] {
        let partition = try store.partition("large")
        var result: [Double] = []
        var due = start + interval * writer / Self.writers
        var number = writer
        while !isOver.withLock({ $0 }) {
            try await Task.sleep(until: due, clock: .continuous)
            let key = keys[number &* 7919 % keys.count]
            let begin = ContinuousClock.now
            _ = try await partition.commit(.init([.init(key, .upsert(.init(body: Sample.body(number))))]))
            result.append((ContinuousClock.now - begin) / .milliseconds(1))
            number += Self.writers
            due = max(due + interval, .now - interval)
        }
        return result
    }
}
