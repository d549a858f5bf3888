internal import FunctionKit

extension StoreModel {
    /// Compares what a tenant holds after a crash with what it has to hold, checks the history that led there, and takes what
    /// was found as the beginning of the next one.
    ///
    /// - Parameters:
    ///   - found: what was read at each place.
    ///   - step: the event at which reading began.
    func settle(_ tenant: Int, found: [Held?], since step: Int) {
        let checker = HistoryChecker(self, tenant: tenant)
        checker.run()
        let span = span(from: step, to: trace.step)
        let open = openBatches(tenant)
        var base = found
        for place in Place.all {
            let expected = checker.last[place.number]
            if let held = found[place.number] {
                if held != expected {
                    fail("\(text(tenant, place)) holds \(held) where \(text(expected)) was written later")
                }
                continue
            }
            guard let expected else { continue }
            let isExplained = open.contains { explainsAbsence(batches[$0], of: place, span) }
            if presence(expected, span) == .yes, !isExplained {
                fail("\(text(tenant, place)) is missing; \(text(expected)) was acknowledged or seen")
            }
            // One that has expired may show again, if it is still there and the clock jumps back.
            if presence(expected, span) != .yes { base[place.number] = expected }
        }
        tenants[tenant].base = base
        tenants[tenant].floor = tenants[tenant].highest
        tenants[tenant].operations = []
        tenants[tenant].open = open.filter { mayStillShow(batches[$0], span) }
        for batch in open where !tenants[tenant].open.contains(batch) { batches[batch].status = .gone }
    }

    /// True when the document that was written last has perhaps expired and is still held.
    func mayHoldExpired(_ tenant: Int, _ place: Place, _ span: Span) -> Bool {
        let last = HistoryChecker(self, tenant: tenant).last[place.number]
        if last != nil, presence(last, span) != .yes { return true }
        return openBatches(tenant).contains { batch in
            batches[batch].writes.contains { $0.place == place && $0.write.version != nil }
        }
    }

    /// The batches of which nobody knows whether they were done.
    private func openBatches(_ tenant: Int) -> [Int] {
        let recent = tenants[tenant].operations.compactMap { number -> Int? in
            guard case .commit(let batch) = operations[number].call else { return nil }
            return batch
        }
        return (tenants[tenant].open + recent).filter { batches[$0].status == .unknown }
    }

    private func explainsAbsence(_ batch: Batch, of place: Place, _ span: Span) -> Bool {
        batch.writes.contains { other, write in
            guard other == place else { return false }
            if let version = write.version { return presence(of: versions[version].expiresAt, span) != .yes }
            return write.isDelete
        }
    }

    /// True when the batch may have been done without leaving anything that can be seen now.
    private func mayStillShow(_ batch: Batch, _ span: Span) -> Bool {
        batch.writes.contains { _, write in
            guard let version = write.version else { return false }
            return presence(of: versions[version].expiresAt, span) != .yes
        }
    }

    private func text(_ tenant: Int, _ place: Place) -> String {
        "'\(place.key.id)' of '\(place.key.collection)' of tenant \(tenant)"
    }

    private func text(_ held: Held?) -> String {
        held.map { "version \($0.version) in revision \($0.revision)" } ?? "its removal"
    }
}
