import FunctionKit

/// The armed timers, the earliest first: a binary heap, so that ten thousand of them cost one sleeping task.
struct DueQueue: Sendable {
    /// A timer and when it is due.
    struct Entry: Sendable, Hashable {
        var due: Timestamp
        var timer: Int
    }

    private var heap: [Entry] = []

    var first: Entry? { heap.first }

    mutating func insert(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest entry out if it is due.
    mutating func pop(dueAt now: Timestamp) -> Entry? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent * 2 + 1
            guard least < heap.count else { return first }
            if least + 1 < heap.count, heap[least + 1].due < heap[least].due { least += 1 }
            guard heap[least].due < heap[parent].due else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
