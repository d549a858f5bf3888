public import FunctionKit

/// Takes an order: answers it, and leaves a job for each of its items and a line for the journal.
public struct QueuesOrder: HTTPOutputFunction {
    /// An item that is to be worked on.
    struct Job: Codable, Sendable {
        var item: String
        var action: String
    }

    private struct Order: Decodable {
        var tenant: String
        var items: [String]
        var action: String?
        var fails: Bool?
    }

    private struct Refusal: Error {}

    static let jobs = QueueOutput<Job>("jobs")
    static let journal = QueueOutput.text("journal")
    /// Its bindings.
    public static let outputs = [jobs.binding, journal.binding]

    /// Needs nothing of the app.
    public init(app: AppContext) {}

    /// Leaves everything or, when the order says so, fails after it.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResult {
        let order = try await request.decode(Order.self)
        var outputs = Outputs(for: try TenantName(order.tenant))
        for item in order.items { try outputs.send(Job(item: item, action: order.action ?? "work"), to: Self.jobs) }
        try outputs.send("ordered \(order.items.count)", to: Self.journal)
        if order.fails == true { throw Refusal() }
        return HTTPResult(.text("taken", status: .created), outputs)
    }
}
