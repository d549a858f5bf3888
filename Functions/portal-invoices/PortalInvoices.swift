public import FunctionKit
import Portal

/// Lists the invoices of the signed-in user's company: `?status=open|paid|overdue|draft|void`.
public struct PortalInvoices: HTTPFunction {
    private let portal: Portal

    /// Reads the portal's settings.
    public init(app: AppContext) async throws { portal = try await Portal(app: app) }

    /// Answers one page.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await portal.answer(request, context, session: .permission(.invoicesView)) { session in
            let list = InvoiceList(store: session.store, clock: portal.app.clock)
            return try await list.page(
                of: session.company.id,
                filter: try InvoiceList.Filter.read(request),
                page: try PageRequest(request)
            )
        }
    }
}
