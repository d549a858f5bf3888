import FunctionKit

/// Keeps the notices of commits, and lets a test wait until enough have come.
final class Recorder: Sendable {
    private struct State {
        var notices: [CommitNotice] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        mutating func takeReady() -> [CheckedContinuation<Void, Never>] {
            let count = notices.count
            defer { waiters.removeAll { $0.count <= count } }
            return waiters.filter { $0.count <= count }.map(\.continuation)
        }
    }

    private let state = LockedState(State())

    var notices: [CommitNotice] { state.withLock { $0.notices } }

    func add(_ notice: CommitNotice) {
        let ready = state.withLock { state in
            state.notices.append(notice)
            return state.takeReady()
        }
        for continuation in ready { continuation.resume() }
    }

    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state in
                state.waiters.append((count, continuation))
                return state.takeReady()
            }
            for continuation in ready { continuation.resume() }
        }
    }
}
