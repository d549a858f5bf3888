import FunctionKit

/// Bounds how many streams are compressed at once, and keeps a few states for the next ones.
final class DeflaterPool: Sendable {
    /// How many states there may be: 64, which take 16 MiB. Answers beyond go out uncompressed.
    static let statesMax = 64
    /// How many are kept when nobody uses them.
    static let idleStatesMax = 4

    private struct State {
        var used = 0
        var idle: [Deflater] = []
    }

    private let level: Int
    private let statesMax: Int
    private let state = LockedState(State())

    init(level: Int, statesMax: Int = DeflaterPool.statesMax) {
        self.level = level
        self.statesMax = statesMax
    }

    /// How many are in use.
    var usedCount: Int { state.withLock { $0.used } }

    /// A state for one stream; nil when all are in use.
    func take() -> Loan? {
        let (isFree, idle) = state.withLock { state -> (Bool, Deflater?) in
            guard state.used < statesMax else { return (false, nil) }
            state.used += 1
            return (true, state.idle.popLast())
        }
        guard isFree else { return nil }
        guard let deflater = idle ?? Deflater(level: level) else {
            state.withLock { $0.used -= 1 }
            return nil
        }
        return Loan(deflater, self)
    }

    private func giveBack(_ deflater: Deflater) {
        deflater.reset()
        state.withLock { state in
            state.used -= 1
            if state.idle.count < Self.idleStatesMax { state.idle.append(deflater) }
        }
    }

    /// A state as long as somebody holds this: a body that nobody reads to its end gives it back when it is thrown away.
    final class Loan: Sendable {
        let deflater: Deflater
        private let pool: DeflaterPool

        fileprivate init(_ deflater: Deflater, _ pool: DeflaterPool) {
            self.deflater = deflater
            self.pool = pool
        }

        deinit { pool.giveBack(deflater) }
    }
}
