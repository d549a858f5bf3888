/// Lets few hosts start at the same time: a start is all computing, and dozens at once would leave the tests that measure
/// what is delayed by what without a processor.
actor StartGate {
    /// How many may start at once.
    private static let startsMax = 3
    static let shared = StartGate()

    private var free = startsMax
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs `body` when it is its turn.
    nonisolated func pass<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        await enter()
        do {
            let value = try await body()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
