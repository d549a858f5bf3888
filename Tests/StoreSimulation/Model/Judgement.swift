internal import FunctionKit

/// How a batch may end on a given state.
struct Judgement {
    var mayPass = true
    var mayFail: Set<StoreError.Code> = []
}

extension StoreModel {
    /// Decides a batch on a state.
    ///
    /// - Parameter doubtful: places that a batch without an answer may have changed, and unique values that it may hold.
    func judge(_ batch: Batch, on state: [Held?], _ span: Span, _ doubtful: Doubt) -> Judgement {
        var result = Judgement()
        for (place, write) in batch.writes {
            let (passes, failures) = condition(
                write,
                state[place.number],
                span,
                isDoubtful: doubtful.places.contains(place)
            )
            result.mayFail.formUnion(failures)
            if !passes {
                result.mayPass = false
                return result
            }
        }
        for (place, write) in batch.writes {
            guard let number = write.version, let unique = versions[number].unique else { continue }
            switch collision(place, unique, versions[number], batch, state, span) {
            case .no: if doubtful.uniques.contains(unique) { result.mayFail.insert(.uniqueViolation) }
            case .maybe: result.mayFail.insert(.uniqueViolation)
            case .yes:
                result.mayFail.insert(.uniqueViolation)
                // What `beta` demands changes, and an unanswered batch may have taken the other document away.
                if place.isAlpha, doubtful.places.isEmpty { result.mayPass = false }
            }
        }
        judgeSize(batch, state, span, doubtful, &result)
        return result
    }

    /// Whether the batch makes the tenant too large. Expired documents count until they are removed, which nobody is told.
    private func judgeSize(
        _ batch: Batch,
        _ state: [Held?],
        _ span: Span,
        _ doubtful: Doubt,
        _ result: inout Judgement
    ) {
        guard let quota else { return }
        var least = 0
        var most = 0
        var added = 0
        for held in state {
            guard let held else { continue }
            let bytes = versions[held.version].body.count
            most += bytes
            if presence(held, span) == .yes { least += bytes }
        }
        var mostAdded = 0
        for (place, write) in batch.writes {
            let bytes = write.version.map { versions[$0].body.count } ?? 0
            guard bytes > 0 || write.isDelete else { continue }
            let old = state[place.number].map { versions[$0.version].body.count } ?? 0
            added += bytes - old
            mostAdded += bytes - (presence(state[place.number], span) == .yes ? old : 0)
        }
        if mostAdded > 0, most + mostAdded > quota || !doubtful.places.isEmpty { result.mayFail.insert(.quotaExceeded) }
        // Documents that had a unique place and have expired go with the batch.
        if added > 0, least + added > quota, least == most, doubtful.places.isEmpty { result.mayPass = false }
    }

    private func condition(
        _ write: Batch.Write,
        _ held: Held?,
        _ span: Span,
        isDoubtful: Bool
    ) -> (passes: Bool, failures: [StoreError.Code]) {
        let presence = isDoubtful ? .maybe : presence(held, span)
        let expected: Int64
        switch write {
        case .upsert, .delete(nil): return (true, [])
        case .create: return (presence != .yes, presence == .no ? [] : [.alreadyExists])
        case .check(nil): return (presence != .yes, presence == .no ? [] : [.revisionMismatch])
        case .replace(_, let revision), .delete(.some(let revision)), .check(.some(let revision)): expected = revision
        }
        if isDoubtful { return (true, [.notFound, .revisionMismatch]) }
        let matches = held?.revision == expected
        var failures: [StoreError.Code] = []
        if presence != .yes { failures.append(.notFound) }
        if presence != .no, !matches { failures.append(.revisionMismatch) }
        return (presence != .no && matches, failures)
    }

    /// Whether another document of the collection has this unique value after the batch.
    private func collision(
        _ place: Place,
        _ unique: String,
        _ version: Version,
        _ batch: Batch,
        _ state: [Held?],
        _ span: Span
    ) -> Presence {
        var result = Presence.no
        let own = presence(of: version.expiresAt, span)
        for other in Place.all where other != place && other.isAlpha == place.isAlpha {
            var presence = Presence.no
            if let write = batch.writes.first(where: {
                $0.place == other && ($0.write.version != nil || $0.write.isDelete)
            }) {
                if let number = write.write.version, versions[number].unique == unique {
                    presence = self.presence(of: versions[number].expiresAt, span)
                }
            } else if let held = state[other.number], versions[held.version].unique == unique {
                presence = self.presence(held, span)
            }
            switch (presence, own) {
            case (.no, _), (_, .no): break
            case (.yes, .yes): return .yes
            default: result = .maybe
            }
        }
        return result
    }
}

/// What batches without an answer leave open.
struct Doubt {
    var places: Set<Place> = []
    var uniques: Set<String> = []
}
