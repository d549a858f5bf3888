import FunctionKit

/// One exchange as its two sides share it: the task that waits for the response and the loop's thread that produces it.
///
/// The states are short and behind one mutex; continuations are resumed after it is released.
final class Exchange: Sendable {
    typealias Outcome = Result<OutboundResponse, HTTPClientError>
    typealias Chunk = Result<[UInt8]?, HTTPClientError>

    /// The exchange's number, unique for the loop.
    let id: Int
    /// Where it goes, for its errors.
    let origin: Origin
    private let loop: TransferLoop
    private let state = LockedState(State())

    private struct State {
        var waiter: CheckedContinuation<Outcome, Never>?
        var unread: [UInt8] = []
        var reader: CheckedContinuation<Chunk, Never>?
        var isPaused = false
        /// nil while bytes may come; then how it ended.
        var end: Result<Void, HTTPClientError>?

        /// What the reader gets now; nil to wait.
        mutating func takeChunk() -> Chunk? {
            if case .failure(let error) = end { return .failure(error) }
            guard unread.isEmpty else {
                defer { unread = [] }
                return .success(unread)
            }
            return end == nil ? nil : .success(nil)
        }
    }

    init(origin: Origin, loop: TransferLoop) {
        self.origin = origin
        self.loop = loop
        id = loop.nextExchangeID()
    }

    /// Asks the loop to end the exchange, from any thread; nothing happens when it has ended.
    func cancel() {
        guard state.withLock({ $0.end == nil }) else { return }
        loop.post(.cancel(id))
    }

    // MARK: The task's side

    func awaitResponse(_ continuation: CheckedContinuation<Outcome, Never>) {
        state.withLock { $0.waiter = continuation }
    }

    /// The next chunk of the body; nil at its end.
    func nextChunk() async throws(HTTPClientError) -> [UInt8]? {
        let chunk = await withTaskCancellationHandler {
            await withCheckedContinuation { read($0) }
        } onCancel: {
            cancel()
        }
        return try chunk.get()
    }

    private func read(_ continuation: CheckedContinuation<Chunk, Never>) {
        let (ready, wasPaused) = state.withLock { state -> (Chunk?, Bool) in
            guard state.reader == nil else {
                return (.failure(HTTPClientError(.invalidRequest, "A response's body was read twice at once.")), false)
            }
            let ready = state.takeChunk()
            if ready == nil { state.reader = continuation }
            defer { state.isPaused = false }
            return (ready, state.isPaused)
        }
        if wasPaused { loop.post(.resumeReceiving(id)) }
        if let ready { continuation.resume(returning: ready) }
    }

    // MARK: The loop's side

    /// Hands the response to the waiting task.
    func respond(_ response: OutboundResponse) {
        takeWaiter()?.resume(returning: .success(response))
    }

    /// Takes bytes of the body; false when so many are unread that the server must wait.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>, unreadBytesMax: Int) -> Bool {
        let (reader, isAccepted) = state.withLock { state -> (CheckedContinuation<Chunk, Never>?, Bool) in
            if let reader = state.reader {
                state.reader = nil
                return (reader, true)
            }
            guard state.unread.isEmpty || state.unread.count + bytes.count <= unreadBytesMax else {
                state.isPaused = true
                return (nil, false)
            }
            state.unread.append(contentsOf: bytes)
            return (nil, true)
        }
        reader?.resume(returning: .success(Array(bytes)))
        return isAccepted
    }

    /// Ends the exchange; the first end stands. Bytes that arrived before a good end can still be read.
    func end(_ end: Result<Void, HTTPClientError>) {
        let (waiter, reader, chunk) = state.withLock { state -> (_, _, Chunk?) in
            if state.end == nil { state.end = end }
            defer { (state.waiter, state.reader) = (nil, nil) }
            return (state.waiter, state.reader, state.reader == nil ? nil : state.takeChunk())
        }
        if let waiter {
            let error = HTTPClientError(.interrupted, "\(origin) closed the connection without an answer.")
            switch end {
            case .failure(let error): waiter.resume(returning: .failure(error))
            case .success: waiter.resume(returning: .failure(error))
            }
        }
        if let reader, let chunk { reader.resume(returning: chunk) }
    }

    private func takeWaiter() -> CheckedContinuation<Outcome, Never>? {
        state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
    }
}

/// The reader's end of a response body. When nobody can read any more, the exchange ends and its connection is freed.
final class ResponseBodyReader: Sendable {
    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    deinit { exchange.cancel() }

    func next() async throws -> [UInt8]? { try await exchange.nextChunk() }
}
