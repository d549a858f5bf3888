import DocumentStore
import FunctionHost
import FunctionKit
import Glibc
import Synchronization

/// One run.
struct Measure {
    private let options: Options
    private let clock = SystemClock()
    private let random = SystemRandomSource()
    private let payload = #"{"order":"0197d1a2-7c1f-7b52","note":""# + String(repeating: "x", count: 240) + #""}"#

    init(_ options: Options) { self.options = options }

    func run() async throws {
        let count = options.number("messages", or: 100_000)
        let tenants = try (0..<options.number("tenants", or: 1)).map { try TenantName("tenant-\($0)") }
        var limits = FileStoreEngine.Limits()
        limits.workersMax = options.number("workers", or: limits.workersMax)
        let engine = try FileStoreEngine(
            path: options.folder + "/data",
            mode: .exclusive,
            clock: clock,
            logger: Logger(sink: NoLog(), category: "Store"),
            limits: limits
        )
        let store = Store(
            engine: engine,
            clock: clock,
            random: random,
            logger: Logger(sink: NoLog(), category: "Store")
        )
        let queue = try QueueName("bench")
        let handled = Counter()
        let listener = try makeListener(queue, store) { _ = handled.next() }
        engine.observeCommits { notice in
            if notice.collections.contains(CollectionDefinition.queues.name) { listener.notice(notice.tenant) }
        }
        // The logs are made before the clock runs, as they are in a host that has been up for a while.
        for tenant in tenants { try await store.tenant(tenant).enqueue(text: payload, to: queue) }
        let listening = Task { await listener.run() }
        while handled.count < tenants.count || listener.runningCount > 0 {
            try await clock.sleep(for: .milliseconds(1))
        }
        let processorTime = Self.processorTime()
        let begin = clock.uptime
        try await enqueue(count, to: queue, of: tenants, in: store)
        let enqueued = clock.uptime - begin
        while handled.count < count + tenants.count || listener.runningCount > 0 {
            try await clock.sleep(for: .milliseconds(1))
        }
        let elapsed = clock.uptime - begin
        report("rate", Double(count) / (elapsed / .seconds(1)))
        report("enqueued", Double(count) / (enqueued / .seconds(1)))
        report("microseconds", (Self.processorTime() - processorTime) * 1e6 / Double(count))
        listener.stop()
        await listening.value
        try await check(queue, tenants, store)
        await engine.close()
    }

    private func makeListener(
        _ queue: QueueName,
        _ store: Store,
        _ note: @escaping @Sendable () -> Void
    ) throws -> QueueListener {
        var policy = QueuePolicy()
        policy.batchSize = options.number("batch", or: 32)
        policy.newBatchThreshold = options.number("threshold", or: policy.batchSize / 2)
        let descriptor = open("/dev/null", O_WRONLY)
        let log = HostLog(
            writer: LogWriter(descriptor: descriptor),
            format: .json,
            clock: clock,
            levels: LogLevelRules(),
            redactor: Redactor(settings: [:])
        )
        let invoker = Invoker(
            clock: clock,
            random: random,
            log: log,
            timeout: options.number("timeout", or: 1800) == 0 ? nil : .seconds(1800)
        )
        let function = try loadFunction(QueueHandler { _, _ in note() })
        guard case .queue(let instance) = function.instance else { throw Failure(description: "no queue function") }
        return QueueListener(
            queue: queue,
            store: store,
            policy: policy,
            owner: QueueOwner(host: "bench", listener: "1"),
            ownsStore: true,
            clock: clock,
            logger: Logger(sink: log, category: "Host.Triggers.Queue"),
            handlers: [
                { message in await instance.handle(message) { await invoker.receive(function, $0, message) } }
            ]
        )
    }

    /// A function as the host has it, from a folder.
    private func loadFunction(_ handler: QueueHandler) throws -> LoadedFunction {
        let app = options.folder + "/app"
        for folder in [app, app + "/bench"] { mkdir(folder, 0o700) }
        try write(#"{"version":"2.0"}"#, to: app + "/host.json")
        try write(
            #"{"bindings":[{"type":"queueTrigger","name":"m","queueName":"bench"}]}"#,
            to: app + "/bench/function.json"
        )
        let loaded = try AppFolder.load(root: app, settings: { _ in nil }, environment: [:])
        guard let descriptor = loaded.functions.first else { throw Failure(description: "\(loaded.problems)") }
        return LoadedFunction(descriptor: descriptor, instance: .queue(QueueInstance(handler)))
    }

    private func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(description: "'\(path)' cannot be written") }
        fputs(text, file)
        fclose(file)
    }

    private func enqueue(_ count: Int, to queue: QueueName, of tenants: [TenantName], in store: Store) async throws {
        let writers = options.number("writers", or: 64)
        let sent = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                let tenant = store.tenant(tenants[writer % tenants.count])
                group.addTask { [payload] in
                    while sent.next() <= count {
                        try await tenant.enqueue(text: payload, to: queue)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func check(_ queue: QueueName, _ tenants: [TenantName], _ store: Store) async throws {
        for tenant in tenants {
            let left = try await store.tenant(tenant).collection(.queues).storedPage(
                index: "by_visibility",
                equals: [.text(queue.description)]
            )
            guard left.documents.isEmpty else { throw Failure(description: "messages are left over") }
        }
    }

    /// Seconds of this process, all threads, user and system.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func report(_ name: String, _ value: Double) { print("\(name) \((value * 10).rounded() / 10)") }
}

/// Why a run says nothing.
struct Failure: Error, CustomStringConvertible {
    let description: String
}

private struct NoLog: LogSink {
    func log(_ record: LogRecord) {}
    func isEnabled(_ level: LogLevel, category: String) -> Bool { false }
}

/// Counts across threads.
private final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .relaxed) }

    /// One more.
    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
