import FunctionKit

/// Lets the source of a streamed response run only when the chunk before is on its way to the socket.
final class ResponseBodyGate: Sendable {
    private struct State {
        var isOpen = false
        var isClosed = false
        var waiter: CheckedContinuation<Bool, Never>?
    }

    private let state = LockedState(State())

    /// Lets one chunk through.
    func open() {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter else {
                state.isOpen = true
                return nil as CheckedContinuation<Bool, Never>?
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: true)
    }

    /// Nothing more is wanted.
    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: false)
    }

    /// Waits for the gate; false when nothing more is wanted. There is one waiter at a time.
    func passes() async -> Bool {
        await withCheckedContinuation { continuation in
            let result = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                if state.isOpen {
                    state.isOpen = false
                    return true
                }
                state.waiter = continuation
                return nil
            }
            if let result { continuation.resume(returning: result) }
        }
    }
}
