import FunctionKit
import FunctionTesting
import Testing

/// Cursors while others write before, at and behind them, on every engine.
@Suite struct PagingTests {
    /// What happens between two pages, to a collection of d10, d20 … d90 of which the first page showed three.
    enum Change: String, CaseIterable, CustomTestStringConvertible {
        case insertBefore, insertBehind, deleteBefore, deleteAt, deleteNext, updateAt, moveBack, moveOn, expireNext

        var testDescription: String { rawValue }
    }

    private func query(_ isDescending: Bool, index: String?) throws -> StoreQuery {
        StoreQuery(
            collection: try CollectionName("notes"),
            index: index,
            order: isDescending ? .descending : .ascending,
            limit: 3
        )
    }

    private func json(_ number: Int) -> String { #"{"n":\#(number)}"# }

    /// The numbers that the pages behind the first must show.
    private func apply(_ change: Change, _ isDescending: Bool, _ notes: any TenantPartition, _ world: World)
        async throws -> [Int]
    {
        let order = isDescending ? Array(stride(from: 90, to: 0, by: -10)) : Array(stride(from: 10, to: 100, by: 10))
        let (before, at, next) = (order[1], order[2], order[3])
        let step = isDescending ? -1 : 1
        var rest = Array(order[3...])
        switch change {
        case .insertBefore: try await notes.create("d\(before + step)", json(before + step))
        case .insertBehind:
            try await notes.create("d\(at + step)", json(at + step))
            rest.insert(at + step, at: 0)
        case .deleteBefore: try await notes.delete("d\(before)")
        case .deleteAt: try await notes.delete("d\(at)")
        case .deleteNext:
            try await notes.delete("d\(next)")
            rest.removeFirst()
        case .updateAt: try await notes.upsert("d\(at)", #"{"n":\#(at),"again":true}"#)
        case .moveBack:
            // Along the index it goes to where the reader has been; in the order of ids it stays.
            try await notes.upsert("d\(next)", json(before + step))
            rest.removeFirst()
        case .moveOn:
            // Its own value changed, so it is shown again.
            try await notes.upsert("d\(at)", json(next + step))
            rest.insert(at, at: 1)
        case .expireNext:
            try await notes.upsert("d\(next)", json(next), expiresAt: world.clock.now + .seconds(1))
            world.clock.advance(by: .seconds(1))
            rest.removeFirst()
        }
        return rest
    }

    @Test(arguments: EngineKind.allCases, Change.allCases)
    func anIndexIsPagedWhileOthersWrite(_ kind: EngineKind, _ change: Change) async throws {
        for isDescending in [false, true] {
            try await kind.run { world in
                let notes = try world.partition()
                try await notes.declare(IndexDefinition("by_n", on: ["n"]))
                for number in stride(from: 10, to: 100, by: 10) { try await notes.create("d\(number)", json(number)) }
                var query = try query(isDescending, index: "by_n")
                let first = try await notes.query(query)
                query.cursor = first.nextCursor
                let wanted = try await apply(change, isDescending, notes, world)
                var found: [String] = []
                while query.cursor != nil {
                    let page = try await notes.query(query)
                    found += page.documents.map(\.id.description)
                    query.cursor = page.nextCursor
                }
                #expect(found == wanted.map { "d\($0)" }, "descending: \(isDescending)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases, Change.allCases.filter { $0 != .moveBack && $0 != .moveOn })
    func idsArePagedWhileOthersWrite(_ kind: EngineKind, _ change: Change) async throws {
        for isDescending in [false, true] {
            try await kind.run { world in
                let notes = try world.partition()
                for number in stride(from: 10, to: 100, by: 10) { try await notes.create("d\(number)", json(number)) }
                var query = try query(isDescending, index: nil)
                query.cursor = try await notes.query(query).nextCursor
                let wanted = try await apply(change, isDescending, notes, world)
                var found: [String] = []
                while query.cursor != nil {
                    let page = try await notes.query(query)
                    found += page.documents.map(\.id.description)
                    query.cursor = page.nextCursor
                }
                #expect(found == wanted.map { "d\($0)" }, "descending: \(isDescending)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func theLimitMayChangeAndTheLastPageSaysSo(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for number in 1...6 { try await notes.create("d\(number)", "{}") }
            var query = StoreQuery(collection: try CollectionName("notes"), limit: 6)
            #expect(try await notes.query(query).nextCursor == nil)
            query.limit = 3
            query.cursor = try await notes.query(query).nextCursor
            query.limit = 1000
            let rest = try await notes.query(query)
            #expect(rest.documents.map(\.id.description) == ["d4", "d5", "d6"])
            #expect(rest.nextCursor == nil)
            // A cursor may be used again, and everything behind it may be gone.
            for number in 4...6 { try await notes.delete("d\(number)") }
            #expect(try await notes.query(query).documents.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func documentsWithEqualValuesFollowByID(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_n", on: ["n"]))
            let ids = [
                "a", "a b", "aa", "b", "ä", "00000000-0000-7000-8000-00000000000a",
                "00000000-0000-7000-8000-00000000000B",
            ]
            for id in ids { try await notes.create(id, #"{"n":1}"#) }
            let wanted = ids.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            #expect(try await notes.ids(index: "by_n", limit: 2) == wanted)
            #expect(try await notes.ids(index: "by_n", order: .descending, limit: 3) == wanted.reversed())
            #expect(try await notes.ids(limit: 2) == wanted)
        }
    }
}
