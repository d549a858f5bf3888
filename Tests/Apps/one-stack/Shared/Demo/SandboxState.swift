package import FunctionKit

/// Everything that the other side knows of one tenant, for the sandbox's page and for tests.
package struct SandboxState: Encodable, Sendable {
    var portalURL: String?
    var people: [Stored<Person>]
    var tickets: [Stored<PSATicket>]
    var invoices: [Stored<BooksInvoice>]
    var policies: [Stored<PushedPolicy>]
    var events: [Stored<LegalEvent>]
    var prayers: [Stored<MissionRecord>]
    var faults: [String: Fault]
    var calls: [ReceivedCall]

    private enum CodingKeys: String, CodingKey {
        case portalURL = "portal_url"
        case people, tickets, invoices, policies, events, prayers, faults, calls
    }

    /// How many documents of each kind are shown, the newest.
    static let shownMax = 100
}

extension Sandbox {
    /// `GET sandbox/state?tenant=slug&peer=psa`: the state of a tenant (`acme-msp` unless told otherwise) and the latest calls,
    /// of one product or of all.
    package func state(_ request: HTTPRequest) async throws -> HTTPResponse {
        let slug = request.queryValue("tenant") ?? Demo.dana.tenantSlug
        let people = try await store.collection(.people).page(limit: SandboxState.shownMax).items
        let tenantID = people.first { $0.tenantSlug == slug }?.tenantID ?? request.queryValue("tenant_id") ?? slug
        let state = SandboxState(
            portalURL: app.settings["PORTAL_URL"],
            people: people,
            tickets: try await newest(.psaTickets, "by_tenant", [.text(tenantID)]),
            invoices: try await newest(.booksInvoices, "by_tenant", [.text(tenantID)]),
            policies: try await newest(.pushedPolicies, "by_tenant", [.text(slug)]),
            events: try await newest(.legalEvents, "by_time", []).filter {
                $0.tenantSlug == nil || $0.tenantSlug == slug
            },
            prayers: try await newest(.missionRecords, "by_kind", [.text(tenantID), .text("prayer")]),
            faults: try await faults(),
            calls: try await receivedCalls(of: request.queryValue("peer").flatMap { Peer(rawValue: $0) })
        )
        return try .json(state)
    }

    /// Ids begin with the time of their making, so the order of an index's equal values is that of age.
    private func newest<Document>(
        _ definition: CollectionDefinition<Document>,
        _ index: String,
        _ values: [IndexValue]
    ) async throws -> [Stored<Document>] {
        try await store.collection(definition)
            .page(index: index, equals: values, order: .descending, limit: SandboxState.shownMax).items
    }
}
