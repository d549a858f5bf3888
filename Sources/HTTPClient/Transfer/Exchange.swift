import FunctionKit

/// One exchange as its two sides share it: the task that waits for the response and the loop's thread that produces it.
///
/// The states are short and behind one mutex; continuations are resumed after it is released. A continuation only wakes, and who
/// was woken takes what came from behind the mutex: see "One lock" in ARCHITECTURE.md.
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
        var waiter: CheckedContinuation<Void, Never>?
        var outcome: Outcome?
        var unread: [UInt8] = []
        var reader: CheckedContinuation<Void, Never>?
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

    /// Waits for the response or the end, whichever comes first.
    ///
    /// - Parameter start: submits the request; called once.
    func response(_ start: () -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            state.withLock { $0.waiter = continuation }
            start()
        }
        return state.withLock { $0.outcome.take() } ?? .failure(unanswered)
    }

    private var unanswered: HTTPClientError {
        HTTPClientError(.interrupted, "\(origin) closed the connection without an answer.")
    }

    /// The next chunk of the body; nil at its end.
    func nextChunk() async throws(HTTPClientError) -> [UInt8]? {
        let chunk = await withTaskCancellationHandler {
            while true {
                if let chunk = takeChunk() { return chunk }
                await waitForChunk()
            }
        } onCancel: {
            cancel()
        }
        return try chunk.get()
    }

    private func takeChunk() -> Chunk? {
        let (chunk, wasPaused) = state.withLock { state -> (Chunk?, Bool) in
            guard state.reader == nil else {
                return (.failure(HTTPClientError(.invalidRequest, "A response's body was read twice at once.")), false)
            }
            defer { state.isPaused = false }
            return (state.takeChunk(), state.isPaused)
        }
        if wasPaused { loop.post(.resumeReceiving(id)) }
        return chunk
    }

    /// Returns when something has come, or at once when somebody else waits already.
    private func waitForChunk() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.reader == nil, state.unread.isEmpty, state.end == nil else { return false }
                state.reader = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    // MARK: The loop's side

    /// Hands the response to the waiting task.
    func respond(_ response: OutboundResponse) { answer(.success(response)) }

    /// Hands the response to the waiting task with all that has come of its body, which is the whole.
    func respondWhole(_ status: HTTPStatus, _ headers: HTTPFields) {
        let bytes = state.withLock { state in
            state.end = .success(())
            defer { state.unread = [] }
            return state.unread
        }
        respond(OutboundResponse(status: status, headers: headers, body: HTTPBody(bytes)))
    }

    /// Lets libcurl ask for bytes of the request's body again.
    func resumeSending() { loop.post(.resumeSending(id)) }

    private func answer(_ outcome: Outcome) {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter.take() else { return CheckedContinuation<Void, Never>?.none }
            state.outcome = outcome
            return waiter
        }
        waiter?.resume()
    }

    /// Takes bytes of the body; false when so many are unread that the server must wait.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>, unreadBytesMax: Int) -> Bool {
        let (reader, isAccepted) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard state.unread.isEmpty || state.unread.count + bytes.count <= unreadBytesMax else {
                state.isPaused = true
                return (nil, false)
            }
            state.unread.append(contentsOf: bytes)
            return (state.reader.take(), true)
        }
        reader?.resume()
        return isAccepted
    }

    /// Ends the exchange; the first end stands. Bytes that arrived before a good end can still be read.
    func end(_ end: Result<Void, HTTPClientError>) {
        let reader = state.withLock { state in
            if state.end == nil { state.end = end }
            return state.reader.take()
        }
        switch end {
        case .failure(let error): answer(.failure(error))
        case .success: answer(.failure(unanswered))
        }
        reader?.resume()
    }
}

/// The reader's end of a response body. When nobody can read any more, the exchange ends and its connection is freed.
final class ResponseBodyReader: Sendable {
    private let exchange: Exchange

    init(_ exchange: Exchange) { self.exchange = exchange }

    deinit { exchange.cancel() }

    func next() async throws -> [UInt8]? { try await exchange.nextChunk() }
}
