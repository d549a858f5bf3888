import FunctionKit

/// What a listener decides: at which tenants' queues rounds are made, for how many messages, and when.
///
/// A value: events change it and tell what is to be done; the listener does it. Of one tenant's queue one round goes on at a
/// time.
struct QueueState {
    /// A tenant whose queue is being worked on.
    private struct Tenant {
        var memory = QueueMemory()
        /// A round goes on.
        var isBusy = false
        /// A look was due while a round went on.
        var isWanted = false
        /// Messages that were taken and whose functions have not begun.
        var starting = 0
        /// Messages whose functions have begun and not ended.
        var running = 0
        /// How many of both have failed before.
        var suspects = 0
        var endings: [QueueEnding] = []
        /// How many endings do not wait for others: a batch, or half of what was taken last.
        var endingsEnough = 0
        /// When the first of the endings came.
        var endedAt: Timestamp?
        /// Until when the store is left alone after a failure.
        var restUntil: Timestamp?

        var isIdle: Bool { !isBusy && starting == 0 && running == 0 && endings.isEmpty && memory.mine.isEmpty }

        /// Adds the ending of a message whose function has run or will not.
        mutating func add(_ ending: QueueEnding, at now: Timestamp) {
            endings.append(ending)
            if ending.delivery.hasFailed { suspects -= 1 }
            if endedAt == nil { endedAt = now }
        }

        /// When the tenant needs a round whether messages wait or not; nil when a round goes on, or nothing needs one.
        func nextMoment(_ policy: QueuePolicy, isHurrying: Bool) -> Timestamp? {
            guard !isBusy else { return nil }
            var moment = isHurrying ? nil : memory.renewAt(policy)
            if !endings.isEmpty {
                let mayWait = !isHurrying && starting > 0 && endings.count < endingsEnough
                let settleAt = mayWait ? endedAt.map { $0 + QueueState.settleDelay } : .init(milliseconds: .min)
                moment = min(moment ?? .init(milliseconds: .max), settleAt ?? .init(milliseconds: .min))
            }
            if let rest = restUntil { moment = moment.map { max($0, rest) } }
            return moment
        }
    }

    /// How long an ending waits for others that share its batch while taken messages are still to begin: 5 ms.
    static let settleDelay = Duration.milliseconds(5)
    /// The most writes of one round's endings with their outputs.
    static let roundWritesMax = 700
    /// The most bytes of the outputs of one round, or those of one ending.
    static let roundBytesMax = 4 << 20
    /// How long a tenant's store is left alone after it failed to take an ending, at first: 1 s.
    static let restAfterFailure = Duration.seconds(1)

    private let policy: QueuePolicy
    private var agenda = QueueAgenda()
    private var tenants: [TenantName: Tenant] = [:]
    /// For each function that receives messages: how many it handles, and how many are being taken for it.
    private var handled: [Int]
    private var reserved: [Int]
    private var ahead: TakeAhead
    /// Whether no further message is taken.
    private(set) var isStopping = false
    /// Whether nothing is to be waited for any more.
    private(set) var isHurrying = false

    /// Decides for a queue whose messages this many functions receive.
    init(policy: QueuePolicy, receivers: Int) {
        self.policy = policy
        ahead = TakeAhead(policy)
        handled = Array(repeating: 0, count: receivers)
        reserved = handled
    }

    /// How many messages are being handled; a round that may bring some counts as one.
    var runningCount: Int {
        handled.reduce(0, +) + tenants.values.reduce(0) { $0 + ($1.isBusy ? 1 : 0) + $1.endings.count }
    }

    /// True when it was told to stop and everything has ended.
    var isOver: Bool { isStopping && runningCount == 0 }

    /// Notes that a tenant may have a message to take now.
    ///
    /// - Returns: true when a round may have become due.
    @discardableResult
    mutating func notice(_ tenant: TenantName, at now: Timestamp) -> Bool {
        // Most notices come of commits while a round goes on, whose end looks again anyway.
        if tenants[tenant]?.isBusy == true {
            tenants[tenant]?.isWanted = true
            return false
        }
        return agenda.add(tenant, at: now) && hasRoom
    }

    /// Takes no further message.
    mutating func stop() { isStopping = true }

    /// Takes no further message and waits for nothing but what goes on: what the store does not take at once is left to the next
    /// host, which finds it in the ledger.
    mutating func hurry() {
        isStopping = true
        isHurrying = true
        for name in tenants.keys { tenants[name]?.restUntil = nil }
    }

    /// The rounds that are to begin now.
    mutating func orders(at now: Timestamp) -> [QueueOrder] {
        var orders: [TenantName: QueueOrder] = [:]
        for (name, tenant) in tenants where mustSettle(tenant, at: now) { orders[name] = begin(name) }
        while let name = takeFromAgenda(at: now, orders) {
            let shares = self.shares(among: agenda.count + 1)
            for index in shares.indices { reserved[index] += shares[index] }
            var order = orders[name] ?? begin(name)
            order.shares = shares
            // Of several functions each has its own runs: none gets what might have to wait for another.
            // Nor does one get them beside a message that has failed, see `QueueRound.search`.
            let isFree = shares.count == 1 && tenants[name]?.suspects ?? 0 == 0
            order.ahead = isFree ? ahead.count(beside: shares[0]) : 0
            orders[name] = order
        }
        return Array(orders.values)
    }

    /// How long nothing has to be begun unless an event comes; nil for ever.
    mutating func pause(at now: Timestamp) -> Duration? {
        var moments = tenants.values.compactMap { nextMoment($0) }
        if !isStopping, hasRoom, let due = agenda.earliest() { moments.append(due) }
        return moments.min().map { max($0 - now, .zero) }
    }

    /// Notes what a round has come to.
    ///
    /// - Returns: the messages whose functions are to begin, with the number of the function for each.
    mutating func ended(_ order: QueueOrder, _ report: QueueReport, at now: Timestamp) -> [(QueueDelivery, Int)] {
        for (index, share) in order.shares.enumerated() { reserved[index] -= share }
        var tenant = tenants[order.tenant] ?? Tenant()
        tenant.isBusy = false
        tenant.memory = report.memory
        if !isHurrying { tenant.endings = report.unsettled + tenant.endings }
        if isHurrying {
            for ending in report.unsettled { tenant.memory.mine.remove(ending.delivery.id) }
        } else if report.failure != nil, !report.unsettled.isEmpty || !tenant.memory.mine.isEmpty {
            tenant.restUntil = now + Self.restAfterFailure
        } else {
            tenant.restUntil = nil
        }
        if report.failure != nil, !order.shares.isEmpty {
            agenda.add(order.tenant, at: now + policy.pollingIntervalMax)
        }
        if report.hasMore || tenant.isWanted { agenda.add(order.tenant, at: now) }
        tenant.isWanted = false
        if let visible = report.nextVisible { agenda.add(order.tenant, at: visible) }
        let begun = distribute(report.taken, order.shares, &tenant, at: now)
        tenants[order.tenant] = tenant.isIdle ? nil : tenant
        return begun
    }

    /// Notes that a message's function begins.
    ///
    /// - Returns: true when a round may have become due.
    mutating func began(_ tenant: TenantName, at now: Timestamp) -> Bool {
        change(tenant, at: now) { tenant in
            tenant.starting -= 1
            tenant.running += 1
        }
    }

    /// Notes that a message's function has ended.
    ///
    /// - Parameters:
    ///   - nanoseconds: how long it took.
    ///   - isNext: true when another message that was taken with it begins in its place.
    /// - Returns: true when a round may have become due.
    mutating func ended(
        _ ending: QueueEnding,
        of tenant: TenantName,
        by receiver: Int,
        nanoseconds: Int64,
        isNext: Bool = false,
        at now: Timestamp
    ) -> Bool {
        ahead.note(nanoseconds: nanoseconds)
        if !isNext { handled[receiver] -= 1 }
        return change(tenant, at: now) { tenant in
            tenant.running -= 1
            tenant.add(ending, at: now)
        }
    }

    /// Notes that messages whose turn has not come are to go back.
    ///
    /// - Parameter messages: each with the number of the function that may handle another one for it, if one may.
    /// - Returns: true when a round may have become due.
    mutating func gaveBack(_ messages: [(QueueDelivery, Int?)], of tenant: TenantName, at now: Timestamp) -> Bool {
        guard !messages.isEmpty else { return false }
        for (_, receiver) in messages { if let receiver { handled[receiver] -= 1 } }
        return change(tenant, at: now) { tenant in
            tenant.starting -= messages.count
            for (delivery, _) in messages {
                tenant.add(QueueEnding(delivery: delivery, disposition: .release), at: now)
            }
        }
    }

    /// Changes what is known of a tenant in its place; true when a round is due then. Every message passes here twice.
    private mutating func change(_ name: TenantName, at now: Timestamp, _ change: (inout Tenant) -> Void) -> Bool {
        guard let place = tenants.index(forKey: name) else { return false }
        let (policy, isHurrying) = (policy, isHurrying)
        func changed(_ tenant: inout Tenant) -> Bool {
            let endedAt = tenant.endedAt
            change(&tenant)
            // With the first ending begins the time after which it is settled, which whoever waits does not know of yet.
            if endedAt == nil, tenant.endedAt != nil, !tenant.isBusy { return true }
            return tenant.nextMoment(policy, isHurrying: isHurrying).map { $0 <= now } ?? false
        }
        return changed(&tenants.values[place])
    }
}

extension QueueState {
    private var hasRoom: Bool { handled.indices.contains { room($0) > 0 } }

    private func room(_ receiver: Int) -> Int { policy.room(inFlight: handled[receiver] + reserved[receiver]) }

    /// How many messages to take now for each function, when this many tenants share what there is room for. A tenant gets
    /// whole batches.
    private func shares(among tenants: Int) -> [Int] {
        handled.indices.map { receiver in
            let batches = room(receiver) / policy.batchSize
            return batches == 0 ? 0 : max(batches / tenants, 1) * policy.batchSize
        }
    }

    private mutating func takeFromAgenda(at now: Timestamp, _ orders: [TenantName: QueueOrder]) -> TenantName? {
        while !isStopping, hasRoom, let name = agenda.next(at: now) {
            guard let tenant = tenants[name], orders[name] == nil else { return name }
            if tenant.isBusy {
                tenants[name]?.isWanted = true
            } else if let rest = tenant.restUntil, rest > now {
                agenda.add(name, at: rest)
            } else {
                return name
            }
        }
        return nil
    }

    private mutating func begin(_ name: TenantName) -> QueueOrder {
        var tenant = tenants[name] ?? Tenant()
        tenant.isBusy = true
        let count = Self.countPerRound(tenant.endings)
        let endings = Array(tenant.endings.prefix(count))
        tenant.endings.removeFirst(count)
        if tenant.endings.isEmpty { tenant.endedAt = nil }
        tenants[name] = tenant
        return QueueOrder(tenant: name, memory: tenant.memory, endings: endings, shares: [])
    }

    /// How many endings fit into one batch with their outputs; one at least.
    private static func countPerRound(_ endings: [QueueEnding]) -> Int {
        var writes = 0
        var bytes = 0
        for (index, ending) in endings.enumerated() {
            writes += 1 + ending.outputs.count
            bytes += ending.outputBytes
            if index > 0, writes > roundWritesMax || bytes > roundBytesMax { return index }
        }
        return endings.count
    }

    private func mustSettle(_ tenant: Tenant, at now: Timestamp) -> Bool {
        guard let moment = nextMoment(tenant) else { return false }
        return moment <= now
    }

    private func nextMoment(_ tenant: Tenant) -> Timestamp? { tenant.nextMoment(policy, isHurrying: isHurrying) }

    /// Gives each message to the function with the largest share left. When the listener has been told to stop meanwhile, the
    /// messages go back instead.
    private mutating func distribute(
        _ taken: [QueueDelivery],
        _ shares: [Int],
        _ tenant: inout Tenant,
        at now: Timestamp
    ) -> [(QueueDelivery, Int)] {
        guard !isStopping else {
            tenant.endings += taken.map { QueueEnding(delivery: $0, disposition: .release) }
            return []
        }
        var shares = shares
        var begun: [(QueueDelivery, Int)] = []
        begun.reserveCapacity(taken.count)
        for delivery in taken {
            guard let receiver = shares.indices.max(by: { shares[$0] < shares[$1] }) else { break }
            // What was taken ahead begins in the place of what has ended.
            if shares[receiver] > 0 { handled[receiver] += 1 }
            shares[receiver] -= 1
            begun.append((delivery, receiver))
        }
        tenant.starting += begun.count
        tenant.suspects += begun.count { $0.0.hasFailed }
        tenant.endingsEnough = max(policy.batchSize, begun.count / 2)
        return begun
    }
}
