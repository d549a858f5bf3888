import FunctionKit

/// What is known of one tenant: the newest acknowledged state of each document, and the commits whose outcome nobody knows.
struct TenantHistory: Sendable {
    /// A document's state with the revision that made it.
    struct Known: Sendable, Hashable {
        var revision: Int64
        var effect: Operation.Effect
    }

    private(set) var documents: [String: Known] = [:]
    /// The commits that were begun and not answered, each with the highest revision that was acknowledged before it began.
    private var begun: [String: (operation: Operation, floor: Int64)] = [:]
    private var revisionMax: Int64 = 0
    /// The revisions that were acknowledged since the last comparison.
    private var revisions: Set<Int64> = []
    /// The schemas of `items` that may be there; empty before the first that had to be kept.
    private(set) var variants: Set<Int> = []
    private(set) var acknowledgements = 0

    /// How many commits have no answer.
    var unanswered: Int { begun.count }

    mutating func begin(_ operation: Operation) { begun[operation.name] = (operation, revisionMax) }

    /// Notes an acknowledgement; returns what is wrong with it.
    mutating func acknowledge(_ name: String, _ revision: Int64) -> String? {
        guard let (operation, floor) = begun.removeValue(forKey: name) else {
            return "\(name) was acknowledged unasked"
        }
        acknowledgements += 1
        revisionMax = max(revisionMax, revision)
        for write in operation.writes where documents[write.key].map({ $0.revision < revision }) ?? true {
            documents[write.key] = Known(revision: revision, effect: write.effect)
        }
        if !revisions.insert(revision).inserted { return "\(name) got revision \(revision), which another commit has" }
        if revision <= floor { return "\(name) got revision \(revision) after \(floor) had been given" }
        return nil
    }

    mutating func refuse(_ name: String) { begun[name] = nil }

    /// A schema is kept durably once the tenant has a log, that is, after its first commit.
    mutating func declare(_ variant: Int, isDone: Bool) {
        guard revisionMax > 0 else { return }
        if isDone { variants = [variant] } else if !variants.isEmpty { variants.insert(variant) }
    }

    /// Compares what was found after a crash with what may be there; what was found is the truth from then on.
    mutating func compare(_ found: [String: FoundDocument], readAt times: ClosedRange<Timestamp>) -> [String] {
        var problems: [String] = []
        let unanswered = begun.values.map(\.operation)
        var candidates: [String: [Operation.Effect]] = [:]
        for operation in unanswered {
            for write in operation.writes { candidates[write.key, default: []].append(write.effect) }
        }
        for key in Set(documents.keys).union(found.keys) {
            let problem = Self.problem(documents[key], candidates[key, default: []], found[key], times)
            if let problem { problems.append("\(key): \(problem)") }
        }
        for operation in unanswered { problems += parts(of: operation, found, candidates) }
        settle(found)
        return problems
    }

    private mutating func settle(_ found: [String: FoundDocument]) {
        let lost = documents.keys.filter { found[$0] == nil }
        for key in lost { documents[key]?.effect = .removal }
        for (key, document) in found {
            documents[key] = Known(
                revision: document.revision,
                effect: .put(sum: document.sum, expiresAt: document.expiresAt)
            )
            revisionMax = max(revisionMax, document.revision)
        }
        begun = [:]
        revisions = []
    }

    /// What is wrong with one document; nil when it may be as it is.
    private static func problem(
        _ known: Known?,
        _ candidates: [Operation.Effect],
        _ found: FoundDocument?,
        _ times: ClosedRange<Timestamp>
    ) -> String? {
        let possible = candidates + (known.map { [$0.effect] } ?? [.removal])
        guard let found else {
            if possible.contains(where: { $0.isAbsent(at: times.upperBound) }) { return nil }
            return "is lost; revision \(known?.revision ?? 0) was acknowledged"
        }
        if let known, found.revision < known.revision {
            return "went back to revision \(found.revision) from \(known.revision), which was acknowledged"
        }
        let effect = Operation.Effect.put(sum: found.sum, expiresAt: found.expiresAt)
        guard possible.contains(effect) else { return "has a content that nobody wrote, at revision \(found.revision)" }
        if effect.isAbsent(at: times.lowerBound) { return "is there although it has expired" }
        guard let known else { return nil }
        if found.revision == known.revision, effect != known.effect { return "has another content at its revision" }
        if found.revision > known.revision, !candidates.contains(effect) {
            return "has a revision that nobody was given"
        }
        return nil
    }

    /// What is wrong with a commit of which at least one document was found: the others must be as new.
    private func parts(
        of operation: Operation,
        _ found: [String: FoundDocument],
        _ candidates: [String: [Operation.Effect]]
    ) -> [String] {
        let revision = operation.writes.lazy.compactMap { write -> Int64? in
            guard case .put(let sum, _) = write.effect, let document = found[write.key], document.sum == sum else {
                return nil
            }
            return document.revision
        }.first
        guard let revision else { return [] }
        return operation.writes.compactMap { write in
            if let document = found[write.key] {
                return document.revision < revision
                    ? "\(operation.name) is there in part: \(write.key) is older than revision \(revision)" : nil
            }
            // Somebody else may have removed it by now, and that may have been told or not.
            let removals = candidates[write.key, default: []] + (documents[write.key].map { [$0.effect] } ?? [])
            guard case .put(_, nil) = write.effect, !removals.contains(.removal) else { return nil }
            return "\(operation.name) is there in part: \(write.key) is missing at revision \(revision)"
        }
    }
}

/// A document as it was read after a crash.
struct FoundDocument: Sendable, Hashable {
    var revision: Int64
    var sum: UInt64
    var expiresAt: Timestamp?
}
