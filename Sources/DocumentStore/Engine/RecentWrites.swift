internal import FunctionKit

/// The bytes that were last written to the logs of all tenants, a bounded number of them, so that a document that is read or
/// removed soon after it was written, as every queue message is, costs no system call.
///
/// A place in a log never changes its content, and what is here was synced: so a piece can only be pushed out, never be wrong.
final class RecentWrites: Sendable {
    private struct Piece: Sendable {
        var file: Int
        var start: Int
        var bytes: [UInt8]
    }

    private struct State {
        /// The pieces of each log, in the order of their places.
        var logs: [UInt32: [Piece]] = [:]
        /// Whose pieces they are, the oldest first; those before `firstPiece` have gone.
        var order: [UInt32] = []
        var firstPiece = 0
        var bytes = 0
    }

    private let bytesMax: Int
    private let state = LockedState(State())

    /// Makes an empty memory of at most `bytesMax` bytes; 0 for none.
    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Takes in what was written to a log behind everything else of it.
    ///
    /// - Parameter log: the number that the cache has given to the log.
    func add(_ bytes: [UInt8], to log: UInt32, file: Int, at start: Int) {
        // A large one would push out all others for documents of which most are not asked for.
        guard bytes.capacity <= bytesMax / 8 else { return }
        state.withLock { state in
            state.logs[log, default: []].append(Piece(file: file, start: start, bytes: bytes))
            state.order.append(log)
            state.bytes += bytes.capacity
            while state.bytes > bytesMax { Self.forgetOldest(&state) }
        }
    }

    /// The bytes at a place; nil when they are not here.
    func body(_ log: UInt32, _ location: BodyLocation) -> [UInt8]? {
        guard bytesMax > 0, let piece = state.withLock({ Self.piece($0.logs[log] ?? [], location) }) else { return nil }
        let start = location.offset - piece.start
        guard piece.file == location.file, start >= 0, start + location.count <= piece.bytes.count else { return nil }
        return Array(piece.bytes[start..<start + location.count])
    }

    /// The last piece that begins at or before a place.
    private static func piece(_ pieces: [Piece], _ location: BodyLocation) -> Piece? {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if (pieces[middle].file, pieces[middle].start) <= (location.file, location.offset) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low > 0 ? pieces[low - 1] : nil
    }

    private static func forgetOldest(_ state: inout State) {
        let log = state.order[state.firstPiece]
        state.firstPiece += 1
        if state.firstPiece >= 64, state.firstPiece * 2 >= state.order.count {
            state.order.removeFirst(state.firstPiece)
            state.firstPiece = 0
        }
        // Taken out for the change, so that it is not copied.
        guard var pieces = state.logs.removeValue(forKey: log), !pieces.isEmpty else { return }
        state.bytes -= pieces.removeFirst().bytes.capacity
        if !pieces.isEmpty { state.logs[log] = pieces }
    }
}
