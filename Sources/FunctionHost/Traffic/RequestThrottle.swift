/// Who may run, who waits and who is refused, as `extensions.http` of `host.json` bounds it. A value: it decides, others act.
///
/// Requests run in the order of their arrival. At most `runningMax` run and at most `outstandingMax` run or wait.
struct RequestThrottle {
    /// Names a request that waits.
    typealias Ticket = UInt64

    /// What becomes of a request that arrives.
    enum Decision: Equatable {
        /// It runs at once; ``leave()`` follows when it has ended.
        case admit
        /// It waits until ``leave()`` names its ticket, unless ``cancel(_:)`` comes first.
        case wait
        /// It is answered 429.
        case refuse
    }

    /// `maxConcurrentRequests`; nil for no limit.
    let runningMax: Int?
    /// `maxOutstandingRequests`; nil for no limit. The waiting line is bounded then by the server's connections.
    let outstandingMax: Int?
    /// How many run.
    private(set) var running = 0
    /// How many wait.
    var waiting: Int { standing.count }

    /// Tickets in the order of their arrival; those that are not in `standing` were cancelled.
    private var line: ArraySlice<Ticket> = []
    private var standing: Set<Ticket> = []

    init(runningMax: Int?, outstandingMax: Int?) {
        self.runningMax = runningMax
        self.outstandingMax = outstandingMax
    }

    /// What a request would get that arrives now.
    var decision: Decision {
        if let outstandingMax, running + waiting >= outstandingMax { return .refuse }
        guard let runningMax, running >= runningMax else { return .admit }
        return .wait
    }

    /// A request arrives; no two that wait may have the same ticket.
    mutating func arrive(_ ticket: Ticket) -> Decision {
        let decision = decision
        switch decision {
        case .admit: running += 1
        case .wait:
            line.append(ticket)
            standing.insert(ticket)
        case .refuse: break
        }
        return decision
    }

    /// A running request has ended. The one that runs now in its place, nil when none waits.
    mutating func leave() -> Ticket? {
        while let next = line.popFirst() {
            if standing.remove(next) != nil { return next }
        }
        running -= 1
        return nil
    }

    /// A waiting request is given up, and its place in the line is free; false when it does not wait.
    mutating func cancel(_ ticket: Ticket) -> Bool {
        guard standing.remove(ticket) != nil else { return false }
        // Otherwise a line that does not move would keep everybody who ever stood in it.
        if line.count > 2 * standing.count + 64 { line = ArraySlice(line.filter(standing.contains)) }
        return true
    }
}
