/// Gives the bytes of an event stream: the next event, or a comment when none comes for some time.
///
/// The task that waits for the next event goes on while comments are sent. It ends with the body: when its reader is cancelled,
/// and when nobody holds the body any more.
final class EventFeed: Sendable {
    private struct State {
        var isWaiting = false
        var isCancelled = false
        var isSilent = false
        /// How often the feed was asked: the silence of an earlier time is none any more.
        var round = 0
        var event: Result<ServerSentEvent?, any Error>?
        var task: Task<Void, Never>?
        var reader: CheckedContinuation<Void, Never>?
    }

    /// What the two tasks share with the feed; they do not hold the feed itself, which cancels them when it goes.
    private final class Meeting: Sendable {
        let state = LockedState(State())

        /// Notes what happened, and wakes the reader, who takes it from behind the lock: see "One lock" in ARCHITECTURE.md.
        func note(_ change: @Sendable (inout State) -> Void) {
            let reader = state.withLock { state in
                change(&state)
                return state.reader.take()
            }
            reader?.resume()
        }
    }

    /// What clients pass over.
    static let heartbeatBytes = Array(":\n\n".utf8)

    private let clock: any AppClock
    private let heartbeat: Duration?
    private let source: @Sendable () async throws -> ServerSentEvent?
    private let meeting = Meeting()

    init(
        clock: any AppClock,
        heartbeat: Duration?,
        next: @escaping @Sendable () async throws -> ServerSentEvent?
    ) {
        self.clock = clock
        self.heartbeat = heartbeat.flatMap { $0 > .zero ? $0 : nil }
        source = next
    }

    deinit { meeting.state.withLock { $0.task }?.cancel() }

    /// The next bytes; nil at the end.
    func next() async throws -> [UInt8]? {
        let round = beginWaiting()
        let silence = beginSilence(of: round)
        defer { silence?.cancel() }
        let meeting = meeting
        return try await withTaskCancellationHandler {
            while true {
                if let outcome = meeting.state.withLock(Self.take) { return try outcome.get() }
                await withCheckedContinuation { continuation in
                    let mustWait = meeting.state.withLock { state in
                        guard state.event == nil, !state.isSilent, !state.isCancelled else { return false }
                        state.reader = continuation
                        return true
                    }
                    if !mustWait { continuation.resume() }
                }
            }
        } onCancel: {
            meeting.state.withLock { $0.task }?.cancel()
            meeting.note { $0.isCancelled = true }
        }
    }

    private static func take(_ state: inout State) -> Result<[UInt8]?, any Error>? {
        // Before an event: what a source gives that was cancelled is nothing to go by.
        if state.isCancelled { return .failure(CancellationError()) }
        if let event = state.event {
            state.event = nil
            state.task = nil
            state.isWaiting = false
            return event.map { $0?.bytes }
        }
        return state.isSilent ? .success(heartbeatBytes) : nil
    }

    /// Asks for the next event, unless it is being waited for.
    private func beginWaiting() -> Int {
        let (round, mustBegin) = meeting.state.withLock { state in
            state.isSilent = false
            state.round += 1
            defer { state.isWaiting = true }
            return (state.round, !state.isWaiting)
        }
        guard mustBegin else { return round }
        // Unstructured, because it goes on while the stream's reader gets a comment and comes back.
        let task = Task { [source, meeting] in
            let event: Result<ServerSentEvent?, any Error>
            do { event = .success(try await source()) } catch { event = .failure(error) }
            meeting.note { $0.event = event }
        }
        let isCancelled = meeting.state.withLock { state in
            if state.event == nil { state.task = task }
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
        return round
    }

    private func beginSilence(of round: Int) -> Task<Void, Never>? {
        guard let heartbeat else { return nil }
        // Unstructured, since the wait for an event that it runs beside must outlive it; it is cancelled when either has ended.
        return Task { [clock, meeting] in
            guard (try? await clock.sleep(for: heartbeat)) != nil else { return }
            meeting.note { if $0.round == round { $0.isSilent = true } }
        }
    }
}
