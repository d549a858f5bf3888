import FunctionKit

/// A streamed request body on its way from its source, which is asynchronous, to libcurl, which asks on the loop's thread.
///
/// One chunk is held at a time: the source is asked again only when libcurl has taken the last one.
final class Upload: Sendable {
    /// What libcurl gets when it asks.
    enum Portion: Equatable {
        case bytes(Int)
        /// Nothing yet; the loop hears `resumeSending` when there is.
        case wait
        case end
        case failed(HTTPClientError)
    }

    private let source: HTTPBody.Source
    private let length: Int?
    private let origin: Origin
    private let onReady: @Sendable () -> Void
    private let state = LockedState(State())

    private struct State {
        var chunk: ArraySlice<UInt8> = []
        var isStarved = false
        var end: Result<Void, HTTPClientError>?
        var pump: Task<Void, Never>?
        var drained: CheckedContinuation<Bool, Never>?
    }

    /// - Parameter onReady: called, on any thread, when bytes are there after libcurl had to wait.
    init(length: Int?, source: @escaping HTTPBody.Source, origin: Origin, onReady: @escaping @Sendable () -> Void) {
        self.length = length
        self.source = source
        self.origin = origin
        self.onReady = onReady
    }

    /// Begins to ask the source.
    ///
    /// The task is unstructured because the response may be handed out before the request's body is complete; ``close()``
    /// cancels it when the exchange ends, however it ends.
    func start() {
        let pump = Task { await self.run() }
        state.withLock { $0.pump = pump }
    }

    /// Stops asking the source; called once by the loop.
    func close() {
        let (pump, drained) = state.withLock { state in
            defer { (state.pump, state.drained) = (nil, nil) }
            if state.end == nil { state.end = .success(()) }
            return (state.pump, state.drained)
        }
        pump?.cancel()
        drained?.resume(returning: false)
    }

    /// Copies the next bytes to libcurl's buffer.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Portion {
        let (portion, drained) = state.withLock { state -> (Portion, CheckedContinuation<Bool, Never>?) in
            guard state.chunk.isEmpty else {
                let count = min(buffer.count, state.chunk.count)
                buffer.copyBytes(from: state.chunk.prefix(count))
                state.chunk.removeFirst(count)
                guard state.chunk.isEmpty else { return (.bytes(count), nil) }
                defer { state.drained = nil }
                return (.bytes(count), state.drained)
            }
            switch state.end {
            case .success: return (.end, nil)
            case .failure(let error): return (.failed(error), nil)
            case nil:
                state.isStarved = true
                return (.wait, nil)
            }
        }
        drained?.resume(returning: true)
        return portion
    }

    private func run() async {
        do {
            var sent = 0
            while let chunk = try await source() {
                guard !chunk.isEmpty else { continue }
                sent += chunk.count
                guard sent <= length ?? .max else { return finish(.failure(wrongLength)) }
                guard await offer(chunk) else { return }
            }
            finish(length == nil || sent == length ? .success(()) : .failure(wrongLength))
        } catch {
            // The source's own error may quote what it read, so it is not repeated.
            finish(.failure(HTTPClientError(.interrupted, "The body of the request to \(origin) could not be read.")))
        }
    }

    /// Waits until libcurl has taken the chunk; false when the exchange is over.
    private func offer(_ chunk: [UInt8]) async -> Bool {
        await withCheckedContinuation { continuation in
            let (isOver, wasStarved) = state.withLock { state -> (Bool, Bool) in
                guard state.end == nil else { return (true, false) }
                state.chunk = chunk[...]
                state.drained = continuation
                defer { state.isStarved = false }
                return (false, state.isStarved)
            }
            if isOver { continuation.resume(returning: false) }
            if wasStarved { onReady() }
        }
    }

    private func finish(_ end: Result<Void, HTTPClientError>) {
        let wasStarved = state.withLock { state in
            if state.end == nil { state.end = end }
            defer { state.isStarved = false }
            return state.isStarved
        }
        if wasStarved { onReady() }
    }

    private var wrongLength: HTTPClientError {
        HTTPClientError(
            .invalidRequest,
            "The body of the request to \(origin) does not have the \(length ?? 0) bytes that it was said to have."
        )
    }
}
