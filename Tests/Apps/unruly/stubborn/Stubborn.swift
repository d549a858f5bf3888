public import FunctionKit

/// Never answers, whatever is done to end it: for the host's own bounds.
public struct Stubborn: HTTPFunction {
    private let logger: Logger

    /// Takes the app's logger.
    public init(app: AppContext) { logger = app.logger }

    /// Sleeps again whenever its sleep is cancelled.
    public func respond(to request: HTTPRequest, context: InvocationContext) async -> HTTPResponse {
        logger.info("Here I stay.")
        await stay()
        return .text("never")
    }
}

/// Suspends for ever, without a way to cancel it, and holds no thread.
private func stay() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        // An unsafe continuation may be dropped; a checked one would say that it leaks.
        _ = continuation
    }
}
