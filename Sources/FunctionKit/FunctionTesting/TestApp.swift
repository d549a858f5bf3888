public import FunctionKit

/// The whole world of a function under test: a manual clock, an in-memory store, a scripted HTTP client, a recording log.
public struct TestApp: Sendable {
    /// The clock that the test moves.
    public let clock: ManualClock
    /// The randomness, from a fixed seed.
    public let random: SeededRandomSource
    /// What was logged.
    public let log: RecordingLog
    /// The files that were written.
    public let files: MemoryFolder
    /// The engine below the store.
    public let engine: any StoreEngine
    /// What outbound requests meet.
    public let http: any HTTPClient
    /// The app settings.
    public let settings: [String: String]
    /// Where the app believes to run.
    public var environment = HostEnvironment(isDevelopment: true, baseURL: "http://localhost:7071")

    /// Makes a world with these settings and this HTTP client.
    public init(
        settings: [String: String] = [:],
        http: any HTTPClient = ScriptedHTTPClient.unreachable,
        clock: ManualClock = ManualClock(),
        seed: UInt64 = 1
    ) {
        self.settings = settings
        self.http = http
        self.clock = clock
        random = SeededRandomSource(seed: seed)
        log = RecordingLog()
        files = MemoryFolder()
        engine = MemoryStoreEngine(clock: clock)
    }

    /// What a function's `init(app:)` receives.
    public func context(for functionName: String = "test") -> AppContext {
        AppContext(
            functionName: functionName,
            settings: AppSettings(settings),
            store: store,
            http: http,
            clock: clock,
            random: random,
            files: files,
            logger: Logger(sink: log, category: "Function.\(functionName)"),
            environment: environment
        )
    }

    /// The store, for looking at what a function left there.
    public var store: Store {
        Store(engine: engine, clock: clock, random: random, logger: Logger(sink: log, category: "Store"))
    }

    /// What one invocation receives.
    public func invocation(
        of functionName: String = "test",
        retryCount: Int = 0,
        retry: RetryContext? = nil
    ) -> InvocationContext {
        let id = InvocationID(high: random.next(), low: random.next())
        return InvocationContext(
            invocationID: id,
            functionName: functionName,
            retryCount: retryCount,
            retry: retry,
            logger: Logger(sink: log, category: "Function.\(functionName).User", invocationID: id)
        )
    }
}
