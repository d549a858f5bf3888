public import FunctionKit
import OneStack

/// `GET /books/portal/invoices`: Books tells the portal which invoices changed.
public struct StackBooksInvoices: HTTPFunction {
    private let sandbox: Sandbox

    /// Opens the sandbox's store.
    public init(app: AppContext) async throws { sandbox = try Sandbox(app: app) }

    /// Answers one call.
    public func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse {
        try await sandbox.answer(request, as: .books) { try await Books(sandbox).changes(request) }
    }
}
