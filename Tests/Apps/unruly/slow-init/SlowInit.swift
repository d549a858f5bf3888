public import FunctionKit

/// Its `init` never ends: for the host's bound on it.
public struct SlowInit: HTTPFunction {
    /// Suspends for ever, without a way to cancel it.
    public init(app: AppContext) async {
        app.logger.info("Still thinking.")
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in _ = continuation }
    }

    /// Is never called.
    public func respond(to request: HTTPRequest, context: InvocationContext) async -> HTTPResponse { .text("never") }
}
