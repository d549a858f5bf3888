/// The timers whose records wait to be written, each once however often it asks.
struct SaveQueue: Sendable {
    /// A timer in the queue.
    struct Entry: Sendable, Hashable {
        var timer: Int
        /// True when its turn goes on until it is written.
        var endsTurn: Bool
    }

    private var order: [Int] = []
    private var start = 0
    private var endsTurn: [Int: Bool] = [:]
    /// True while somebody writes what is in the queue.
    var isWriting = false

    var isEmpty: Bool { start == order.count }

    mutating func insert(_ timer: Int, endsTurn: Bool) {
        if let old = self.endsTurn.updateValue(endsTurn, forKey: timer) {
            if old { self.endsTurn[timer] = true }
        } else {
            order.append(timer)
        }
    }

    mutating func pop() -> Entry? {
        guard start < order.count else {
            order = []
            start = 0
            return nil
        }
        let timer = order[start]
        start += 1
        return Entry(timer: timer, endsTurn: endsTurn.removeValue(forKey: timer) ?? false)
    }
}
