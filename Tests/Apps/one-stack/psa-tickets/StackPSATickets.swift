public import FunctionKit
import OneStack

/// `POST /psa/portal/tickets`: the PSA takes a ticket from the portal.
public struct StackPSATickets: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .psa) { try await PSA(sandbox).createTicket(request) }
    }
}
