import FunctionKit

/// A streamed request body that several attempts may read: what one attempt reads is remembered for the next, up to
/// ``bytesMax``. Beyond it the body goes on as a stream, and there is no further attempt.
///
/// The source is asked once at a time, by the attempt that was made last; an earlier one that still runs finds its body broken off.
final class ReplayableBody: Sendable {
    /// How many bytes of a body are kept for another attempt: 1 MiB, as much as a function reads by default.
    static let bytesMax = HTTPBody.collectBytesMax

    private struct State {
        var chunks: [[UInt8]] = []
        var byteCount = 0
        /// Whether every chunk that was read is in `chunks`.
        var isWhole = true
        var isComplete = false
        var isReading = false
        /// Which attempt reads, and how many chunks it has had.
        var attempt = 0
        var position = 0
    }

    /// What an attempt gets that asks for the next chunk.
    private enum Step {
        case chunk([UInt8]?)
        case read
        case brokenOff
    }

    private let source: HTTPBody.Source
    private let length: Int?
    private let bytesMax: Int
    private let state = LockedState(State())

    /// Takes a body over; nobody else may read it from now on.
    init(_ body: HTTPBody, bytesMax: Int = ReplayableBody.bytesMax) {
        source = body.makeSource()
        length = body.length
        self.bytesMax = bytesMax
    }

    /// Whether another attempt would get the body from its beginning: not when more was read than is kept, and not while an
    /// attempt that was left behind waits for a chunk.
    var canReplay: Bool { state.withLock { $0.isWhole && !$0.isReading } }

    /// The body from its beginning, for one attempt.
    func makeBody() -> HTTPBody {
        let attempt = state.withLock { state in
            state.attempt += 1
            state.position = 0
            return state.attempt
        }
        return HTTPBody(length: length) { try await self.next(of: attempt) }
    }

    private func next(of attempt: Int) async throws -> [UInt8]? {
        switch state.withLock({ Self.step(of: attempt, &$0) }) {
        case .chunk(let chunk): return chunk
        case .brokenOff: throw CancellationError()
        case .read: break
        }
        let chunk: [UInt8]?
        do {
            chunk = try await source()
        } catch {
            // What broke it off, a vanished client or a refusal, holds for every attempt.
            state.withLock { state in
                state.isReading = false
                state.isWhole = false
            }
            throw error
        }
        state.withLock { keep(chunk, &$0) }
        return chunk
    }

    private static func step(of attempt: Int, _ state: inout State) -> Step {
        guard attempt == state.attempt, !state.isReading else { return .brokenOff }
        if state.position < state.chunks.count {
            state.position += 1
            return .chunk(state.chunks[state.position - 1])
        }
        if state.isComplete { return .chunk(nil) }
        state.isReading = true
        return .read
    }

    private func keep(_ chunk: [UInt8]?, _ state: inout State) {
        state.isReading = false
        guard let chunk else {
            state.isComplete = true
            return
        }
        guard state.isWhole else { return }
        state.byteCount += chunk.count
        state.isWhole = state.byteCount <= bytesMax
        if state.isWhole {
            state.chunks.append(chunk)
            state.position = state.chunks.count
        } else {
            state.chunks = []
            state.position = 0
        }
    }
}
