import FunctionKit
import Glibc
import Testing

@testable import FunctionHost

/// The threads of functions that compute for long.
struct ComputingThreadsTests {
    @Test func asManyRunAtOnceAsThereAreThreads() async {
        let threads = ComputingThreads(count: 3)
        let running = LockedState((now: 0, most: 0, done: 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask(executorPreference: threads) {
                    running.withLock { state in
                        state.now += 1
                        state.most = max(state.most, state.now)
                    }
                    // Holds its thread until all three are taken: fewer would wait here for ever.
                    while running.withLock({ $0.most }) < 3 { usleep(200) }
                    usleep(1000)
                    running.withLock { state in
                        state.now -= 1
                        state.done += 1
                    }
                }
            }
        }
        #expect(running.withLock { $0.most } == 3)
        #expect(running.withLock { $0.done } == 12)
    }

    @Test func aTaskGoesOnThereAfterItHasSuspended() async {
        let threads = ComputingThreads(count: 1)
        let ids = await Task(executorPreference: threads) { () -> [UInt] in
            let first = currentThreadID()
            await Task.yield()
            let second = currentThreadID()
            try? await Task.sleep(for: .milliseconds(1))
            return [first, second, currentThreadID()]
        }.value
        #expect(Set(ids).count == 1)
    }
}
