import FunctionKit

/// Carries a streamed request body from the event loop to its one reader, with a bound on what waits between them.
///
/// A continuation only wakes the reader, who then takes what came from behind the lock: see "One lock" in ARCHITECTURE.md.
final class RequestBodyPipe: Sendable {
    private enum End {
        case open, complete
        case failed(any Error)
    }

    private struct State {
        var chunks: [[UInt8]] = []
        var byteCount = 0
        var end = End.open
        var waiter: CheckedContinuation<Void, Never>?
        /// Whether the loop waits to be asked for more.
        var isAsking = false

        /// Small parts are joined: what waits is bounded by its bytes, and each part costs memory beside them.
        mutating func add(_ bytes: [UInt8]) {
            if let last = chunks.indices.last, chunks[last].count + bytes.count <= RequestBodyPipe.joinedBytesMax {
                chunks[last] += bytes
            } else {
                chunks.append(bytes)
            }
        }
    }

    /// Parts that wait are joined up to this many bytes.
    static let joinedBytesMax = 16_384

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
            state.add(bytes)
            state.byteCount += bytes.count
            state.isAsking = state.waiter == nil && state.byteCount >= byteCountMax
            return (state.waiter.take(), !state.isAsking)
        }
        // Resumed outside the lock, as the reader may come back at once.
        waiter?.resume()
        return hasRoom
    }

    /// No more parts will come: nil for a complete body.
    func finish(_ error: (any Error)? = nil) {
        let waiter = state.withLock { state in
            guard case .open = state.end else { return CheckedContinuation<Void, Never>?.none }
            state.end = error.map { .failed($0) } ?? .complete
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// The next part; nil at the end.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            while true {
                let (result, asks) = state.withLock { take(&$0) }
                if asks { onDemand() }
                if let result { return try result.get() }
                await waitForPart()
            }
        } onCancel: {
            finish(CancellationError())
        }
    }

    /// What the reader gets at once, nil when it has to wait; and whether the loop is to be asked for more.
    private func take(_ state: inout State) -> (Result<[UInt8]?, any Error>?, asks: Bool) {
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
            return state.waiter == nil ? (nil, true) : (.success(nil), false)
        }
    }

    private func waitForPart() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard case .open = state.end, state.chunks.isEmpty, state.waiter == nil else { return false }
                state.waiter = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }
}

extension RequestRefusal {
    /// The refusal as the reader of a streamed body gets it.
    var error: HTTPError {
        HTTPError(status, code: status == .contentTooLarge ? "body_too_large" : "body_incomplete", message: reason)
    }
}
