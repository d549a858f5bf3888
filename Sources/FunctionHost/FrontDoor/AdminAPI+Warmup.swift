import FunctionKit
import Synchronization

/// Whether this process has been warmed up.
final class WarmupOnce: Sendable {
    private let isDone = Atomic<Bool>(false)

    /// True for the one who comes first.
    func claim() -> Bool { !isDone.exchange(true, ordering: .relaxed) }
}

/// `GET /admin/warmup`, open to everyone: runs the function `warmup` of a `warmupTrigger`, once in the life of the process, and
/// answers 200 when it has ended. Every later call, and every call of an app without that function, is answered 200 at once.
extension AdminAPI {
    func warmUp(_ request: HTTPRequest) async -> HTTPResponse {
        guard request.method == .get || request.method == .head else { return HTTPResponse(status: .notFound) }
        guard let app = slot.app else { return .hostNotRunning }
        guard let function = app.function("warmup"), case .warmup(let instance) = function.instance,
            !function.descriptor.isDisabled, warmup.claim()
        else { return HTTPResponse() }
        _ = await app.invoker.warmUp(function, instance)
        return HTTPResponse()
    }
}
