public import FunctionKit
import Portal

/// Pulls the invoices of every MSP's clients from Books, every six hours.
public struct InvoiceSync: TimerFunction {
    private let runner: SyncRunner

    /// Reads the portal's settings.
    public init(app: AppContext) async throws {
        let portal = try await Portal(app: app)
        runner = SyncRunner(
            portal: portal,
            kind: "invoices",
            peer: portal.settings.books,
            settingNames: "BOOKS_API_URL and BOOKS_SERVICE_KEY"
        )
    }

    /// Runs once for each tenant; a tenant that fails touches no other.
    public func fire(_ timer: TimerInfo, context: InvocationContext) async throws {
        try await runner.run(context) { scope in try await InvoicePull(scope).run() }
    }
}
