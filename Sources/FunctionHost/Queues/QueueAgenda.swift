import FunctionKit

/// Which tenants to look at, and when; the tenant that waits longest comes first.
///
/// A heap by moment. A wish that an earlier one has overtaken stays in it until its turn, and is passed over then.
struct QueueAgenda {
    private struct Entry {
        var moment: Timestamp
        var tenant: TenantName

        static func < (left: Entry, right: Entry) -> Bool {
            (left.moment, left.tenant) < (right.moment, right.tenant)
        }
    }

    private var heap: [Entry] = []
    private var due: [TenantName: Timestamp] = [:]

    /// How many tenants are to be looked at.
    var count: Int { due.count }

    /// When the next tenant is due; nil when none is.
    mutating func earliest() -> Timestamp? {
        dropOvertaken()
        return heap.first?.moment
    }

    /// Asks for a look at a tenant; of two wishes for one tenant, the earlier counts.
    ///
    /// - Returns: false when there was an earlier one.
    @discardableResult
    mutating func add(_ tenant: TenantName, at moment: Timestamp) -> Bool {
        if let other = due[tenant], other <= moment { return false }
        due[tenant] = moment
        heap.append(Entry(moment: moment, tenant: tenant))
        siftUp(heap.count - 1)
        // What has been overtaken would pile up under a moment far away.
        if heap.count > 2 * due.count + 16 { rebuild() }
        return true
    }

    private mutating func rebuild() {
        heap = due.map { Entry(moment: $0.value, tenant: $0.key) }
        for position in heap.indices { siftUp(position) }
    }

    /// Takes the tenant that is due for longest.
    mutating func next(at now: Timestamp) -> TenantName? {
        dropOvertaken()
        guard let first = heap.first, first.moment <= now else { return nil }
        removeFirst()
        due[first.tenant] = nil
        return first.tenant
    }

    private mutating func dropOvertaken() {
        while let first = heap.first, due[first.tenant] != first.moment { removeFirst() }
    }

    private mutating func siftUp(_ position: Int) {
        var child = position
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
