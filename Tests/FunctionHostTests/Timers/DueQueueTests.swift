import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// The heap of armed timers.
@Suite struct DueQueueTests {
    @Test func givesOutInOrderWhatIsDue() {
        let random = SeededRandomSource(seed: 7)
        var queue = DueQueue()
        var entries: [DueQueue.Entry] = []
        for timer in 0..<1000 {
            let entry = DueQueue.Entry(due: Timestamp(milliseconds: Int64(random.next() % 500)), timer: timer)
            entries.append(entry)
            queue.insert(entry)
        }
        var found: [DueQueue.Entry] = []
        for now in stride(from: Int64(-1), to: 600, by: 50) {
            while let entry = queue.pop(dueAt: Timestamp(milliseconds: now)) { found.append(entry) }
            #expect(found.count == entries.count { $0.due.milliseconds <= now })
        }
        #expect(found.map(\.due) == entries.map(\.due).sorted())
        #expect(Set(found) == Set(entries))
        #expect(queue.first == nil)
        #expect(queue.pop(dueAt: .never) == nil)
    }
}
