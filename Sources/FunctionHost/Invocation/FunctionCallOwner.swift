package import FunctionKit
import HTTPServer

/// Learns from the server how the calls of one HTTP function go: how long they hold the event loop, and which takes too long.
package final class FunctionCallOwner: HTTPCallOwner {
    private let function: LoadedFunction
    private let invoker: Invoker

    init(_ function: LoadedFunction, _ invoker: Invoker) {
        self.function = function
        self.invoker = invoker
    }

    /// A step of a call held the event loop.
    package func held(nanoseconds: Int64) {
        // What is left on the loop of a call that runs elsewhere says nothing of the function.
        if !function.placement.isOffLoop { function.placement.ran(nanoseconds: nanoseconds) }
    }

    /// The server ends a call now whose time is over.
    package func ranOutOfTime(_ id: InvocationID) {
        // Where the invoker ends overdue calls, it says so itself.
        guard let timeout = invoker.timeout, !invoker.endsOverdueCalls else { return }
        invoker.noteTimeout(function, id, timeout)
    }

    /// The host stops without the call, which has ignored its cancellation.
    package func leftBehind(_ id: InvocationID) { invoker.noteLeftBehind(function, id) }
}

/// A call of the server with the function that it belongs to.
package struct OwnedCall: Sendable {
    private let call: HTTPCall
    private let owner: FunctionCallOwner

    init(_ call: HTTPCall, by owner: FunctionCallOwner) {
        self.call = call
        self.owner = owner
    }

    /// An invocation answers the call from now on.
    func begins(_ id: InvocationID) { call.belongs(to: owner, as: id) }
}
