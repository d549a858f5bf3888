public import FunctionKit
import Portal

/// Takes portal tickets and comments to the PSA and brings back what technicians did, every five minutes.
public struct TicketSync: TimerFunction {
    private let runner: SyncRunner
    private let numbers = TicketNumbers()

    /// Prepares the function.
    public init(app: AppContext) async throws {
        let portal = try await Portal(app: app)
        runner = SyncRunner(
            portal: portal,
            kind: "tickets",
            peer: portal.settings.psa,
            settingNames: "PSA_API_URL and PSA_SERVICE_KEY"
        )
    }

    /// Pushes, then pulls, for every active MSP tenant. A second run at the same time does no harm: what both push carries
    /// the same idempotency key, and only one of them moves the cursor.
    ///
    /// - Throws: `SyncFailure` when a tenant's run failed; the others are done.
    public func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
        try await runner.run(context) { scope in
            let trouble = try await Push(scope).run()
            try await Pull(scope, numbers: numbers).run()
            if let trouble { throw trouble }
        }
    }
}
