internal import FunctionKit

/// Checks that the operations of a tenant happened one after another, each at a moment within its call.
///
/// Every commit has told its revision, so the order of the writes is known; reads and refusals take the earliest place in it
/// that explains them. That decides linearizability: an earlier place never takes a later operation's place away.
struct HistoryChecker {
    private let model: StoreModel
    private let tenant: Int
    /// What the tenant held from each revision on.
    private var states: [(revision: Int64, state: [Held?])]
    /// Batches that nobody has answered or seen.
    private let open: [Batch]

    init(_ model: StoreModel, tenant: Int) {
        self.model = model
        self.tenant = tenant
        let part = model.tenants[tenant]
        states = [(part.floor, part.base)]
        let batches = part.operations.compactMap { number -> Batch? in
            guard case .commit(let batch) = model.operations[number].call else { return nil }
            return model.batches[batch]
        }
        open = (part.open.map { model.batches[$0] } + batches).filter { $0.status == .unknown && $0.changes }
        let carried = part.open.map { model.batches[$0] }.filter { $0.status == .seen }
        let known = (carried + batches).filter { $0.isKnown && $0.changes }
        // Behind a batch of the same revision stands one that changed nothing.
        for batch in known.sorted(by: { ($0.revision ?? 0, $0.puts ? 0 : 1) < ($1.revision ?? 0, $1.puts ? 0 : 1) }) {
            append(batch)
        }
    }

    /// What the tenant holds after everything that is known.
    var last: [Held?] { states[states.count - 1].state }

    private mutating func append(_ batch: Batch) {
        guard let revision = batch.revision else { return }
        guard revision > states[0].revision else { return reveal(batch, revision) }
        var state = last
        for (place, write) in batch.writes {
            if let version = write.version { state[place.number] = Held(version: version, revision: revision) }
            if write.isDelete { state[place.number] = nil }
        }
        if states[states.count - 1].revision == revision, states.count > 1 { states.removeLast() }
        states.append((revision, state))
    }

    /// Adds a batch of before, whose documents could not be seen until the clock jumped back.
    private mutating func reveal(_ batch: Batch, _ revision: Int64) {
        for (place, write) in batch.writes {
            guard let version = write.version, states[0].state[place.number].map({ $0.revision < revision }) ?? true
            else {
                continue
            }
            states[0].state[place.number] = Held(version: version, revision: revision)
        }
    }

    /// Checks all operations; what is wrong is noted in the model.
    func run() {
        let operations = model.tenants[tenant].operations.map { (number: $0, operation: model.operations[$0]) }
        let byEnd = operations.filter { $0.operation.ended != nil }.sorted {
            ($0.operation.ended ?? 0) < ($1.operation.ended ?? 0)
        }
        let bounds = upperBounds(operations.map(\.operation))
        var floors: [Int: Int64] = [:]
        var floor = model.tenants[tenant].floor
        var next = 0
        for (number, operation) in operations {
            while next < byEnd.count, let ended = byEnd[next].operation.ended, ended < operation.begun {
                floor = max(floor, floors[byEnd[next].number] ?? 0)
                next += 1
            }
            guard let ended = operation.ended else { continue }
            let upper = bounds.first { $0.begun > ended }?.revision ?? .max
            let moment = place(operation, floor, upper)
            guard let moment else {
                model.fail(
                    "no moment explains operation \(number) of tenant \(tenant), \(text(operation)), after revision \(floor)"
                )
                return
            }
            floors[number] = moment
        }
    }

    /// For each beginning of a write the least revision of those that began then or later.
    private func upperBounds(_ operations: [Operation]) -> [(begun: Int, revision: Int64)] {
        var result: [(begun: Int, revision: Int64)] = []
        var least = Int64.max
        for operation in operations.reversed() {
            guard case .commit(let number) = operation.call, let revision = model.batches[number].revision else {
                continue
            }
            let batch = model.batches[number]
            least = min(least, batch.puts ? revision - 1 : revision)
            result.append((operation.begun, least))
        }
        return result.reversed()
    }

    /// The revision after which an operation took place; nil when there is none.
    private func place(_ operation: Operation, _ floor: Int64, _ upper: Int64) -> Int64? {
        guard let ended = operation.ended else { return floor }
        let span = model.span(from: operation.begun, to: ended)
        let doubt = doubt(operation, ended)
        switch (operation.call, operation.answer) {
        case (.commit(let number), .receipt(let revision, _)):
            return placeCommit(model.batches[number], revision, floor, span, doubt)
        case (.commit(let number), .failure(let code)):
            guard Self.isDecision(code) else { return floor }
            return first(floor, upper) {
                model.judge(model.batches[number], on: $0, span, doubt).mayFail.contains(code)
            }
        case (.get(let place), .document(let held)):
            return first(floor, upper) { explains(held, $0[place.number], span, doubt.places.contains(place)) }
        case (.page(let request), .page(let found, let hasMore)):
            return first(floor, upper) { explains(request, found, hasMore, $0, span, doubt) }
        default: return floor
        }
    }

    /// True for refusals that the state decides.
    private static func isDecision(_ code: StoreError.Code) -> Bool {
        [.alreadyExists, .notFound, .revisionMismatch, .uniqueViolation, .quotaExceeded].contains(code)
    }

    private func placeCommit(
        _ batch: Batch,
        _ revision: Int64,
        _ floor: Int64,
        _ span: StoreModel.Span,
        _ doubt: Doubt
    ) -> Int64? {
        guard batch.puts ? revision > floor : revision >= floor else { return nil }
        let before = state(upTo: revision - 1)
        if model.judge(batch, on: before, span, doubt).mayPass { return revision }
        // A batch that changes nothing has the revision of the one before it.
        guard !batch.puts, model.judge(batch, on: state(upTo: revision), span, doubt).mayPass else { return nil }
        return revision
    }

    private func state(upTo revision: Int64) -> [Held?] {
        (states.last { $0.revision <= revision } ?? states[0]).state
    }

    private func first(_ floor: Int64, _ upper: Int64, where explains: ([Held?]) -> Bool) -> Int64? {
        if explains(state(upTo: floor)) { return floor }
        for (revision, state) in states where revision > floor && revision <= upper {
            if explains(state) { return revision }
        }
        return nil
    }

    private func explains(_ seen: Held?, _ held: Held?, _ span: StoreModel.Span, _ isDoubtful: Bool) -> Bool {
        if let seen { return seen == held && model.presence(held, span) != .no }
        return isDoubtful || model.presence(held, span) != .yes
    }

    private func explains(
        _ request: PageRequest,
        _ found: [Held],
        _ hasMore: Bool,
        _ state: [Held?],
        _ span: StoreModel.Span,
        _ doubt: Doubt
    ) -> Bool {
        var rest = found[...]
        for held in candidates(request, state) {
            var presence = model.presence(held, span)
            if presence == .yes, doubt.places.contains(model.versions[held.version].place) { presence = .maybe }
            if presence == .no { continue }
            if rest.first == held {
                rest.removeFirst()
            } else if rest.isEmpty {
                // The page ends here: at its limit, or because what follows is gone.
                if hasMore { return true }
                if presence == .yes { return false }
            } else if presence == .yes {
                return false
            }
        }
        return rest.isEmpty && !hasMore && found.count <= request.limit
    }

    /// The documents of a request in its order, behind the page before.
    private func candidates(_ request: PageRequest, _ state: [Held?]) -> [Held] {
        var result: [(key: SortKey, held: Held)] = []
        for held in state {
            guard let held else { continue }
            let version = model.versions[held.version]
            guard version.place.isAlpha == request.isAlpha else { continue }
            if let group = request.group, version.group != group { continue }
            let key = version.sortKey(request.index)
            if let behind = request.behind, request.isDescending ? key >= behind : key <= behind { continue }
            result.append((key, held))
        }
        return result.sorted { request.isDescending ? $0.key > $1.key : $0.key < $1.key }.map(\.held)
    }

    /// What batches that nobody answered or saw may have changed before an operation ended. One that failed has changed
    /// nothing that can be seen in the same life of the process.
    private func doubt(_ operation: Operation, _ ended: Int) -> Doubt {
        var result = Doubt()
        for batch in open {
            let other = model.operations[batch.operation]
            guard other.begun < ended, other.ended == nil || other.life < operation.life else { continue }
            for (place, write) in batch.writes where write.version != nil || write.isDelete {
                result.places.insert(place)
                if let unique = write.version.flatMap({ model.versions[$0].unique }) { result.uniques.insert(unique) }
            }
        }
        return result
    }

    private func text(_ operation: Operation) -> String {
        if case .commit(let batch) = operation.call {
            return
                "commit of \(model.batches[batch].writes.map { "\($0.place.number): \($0.write)" }) answered by \(operation.answer)"
        }
        return "\(operation.call) answered by \(operation.answer)"
    }
}
