import FunctionKit

/// Carries a streamed request body from the event loop to its one reader, with a bound on what waits between them.
final class RequestBodyPipe: Sendable {
    private enum End {
        case open, complete
        case failed(any Error)
    }

    private struct State {
        var chunks: [[UInt8]] = []
        var byteCount = 0
        var end = End.open
        var waiter: CheckedContinuation<[UInt8]?, any Error>?
        /// Whether the loop waits to be asked for more.
        var isAsking = false
    }

    private let state = LockedState(State())
    private let byteCountMax: Int
    /// Tells the loop that there is room again; called from any thread.
    private let onDemand: @Sendable () -> Void

    init(byteCountMax: Int, onDemand: @escaping @Sendable () -> Void) {
        self.byteCountMax = byteCountMax
        self.onDemand = onDemand
    }

    /// Adds a part; false when the reader should catch up first.
    func push(_ bytes: [UInt8]) -> Bool {
        let (waiter, hasRoom) = state.withLock { state in
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter as CheckedContinuation<[UInt8]?, any Error>?, true)
            }
            state.chunks.append(bytes)
            state.byteCount += bytes.count
            state.isAsking = state.byteCount >= byteCountMax
            return (nil, !state.isAsking)
        }
        // Resumed outside the lock, as the reader may come back at once.
        waiter?.resume(returning: bytes)
        return hasRoom
    }

    /// No more parts will come: nil for a complete body.
    func finish(_ error: (any Error)? = nil) {
        let waiter = state.withLock { state in
            guard case .open = state.end else { return nil as CheckedContinuation<[UInt8]?, any Error>? }
            state.end = error.map { .failed($0) } ?? .complete
            defer { state.waiter = nil }
            return state.waiter
        }
        guard let waiter else { return }
        if let error { waiter.resume(throwing: error) } else { waiter.resume(returning: nil) }
    }

    /// The next part; nil at the end.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (result, asks) = state.withLock { state in take(&state, continuation) }
                if asks { onDemand() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            finish(CancellationError())
        }
    }

    /// What the reader gets at once, nil when it has to wait; and whether the loop is to be asked for more.
    private func take(
        _ state: inout State,
        _ continuation: CheckedContinuation<[UInt8]?, any Error>
    ) -> (Result<[UInt8]?, any Error>?, asks: Bool) {
        if !state.chunks.isEmpty {
            let chunk = state.chunks.removeFirst()
            state.byteCount -= chunk.count
            let asks = state.isAsking && state.byteCount * 2 <= byteCountMax
            if asks { state.isAsking = false }
            return (.success(chunk), asks)
        }
        switch state.end {
        case .complete: return (.success(nil), false)
        case .failed(let error): return (.failure(error), false)
        case .open:
            // A second reader at the same time would be a mistake of the function; it finds the body at its end.
            guard state.waiter == nil else { return (.success(nil), false) }
            state.waiter = continuation
            return (nil, true)
        }
    }
}

extension RequestRefusal {
    /// The refusal as the reader of a streamed body gets it.
    var error: HTTPError {
        HTTPError(status, code: status == .contentTooLarge ? "body_too_large" : "body_incomplete", message: reason)
    }
}
