import FunctionKit
import FunctionTesting
import Testing

/// Order, ranges, pages and cursors, on every engine.
@Suite struct QueryTests {
    @Test(arguments: EngineKind.allCases)
    func withoutAnIndexTheOrderIsThatOfIds(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            #expect(try await notes.ids() == [])
            for id in ["b", "a", "B", "ä", "aa"] { try await notes.create(id, "{}") }
            #expect(try await notes.ids() == ["B", "a", "aa", "b", "ä"])
            #expect(try await notes.ids(order: .descending, limit: 2) == ["ä", "b", "aa", "a", "B"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func valuesAreOrderedByKindAndThenByValue(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_v", on: ["v"]))
            let values = [
                ("absent", "{}"), ("array", #"{"v":[1]}"#), ("null", #"{"v":null}"#), ("object", #"{"v":{}}"#),
                ("false", #"{"v":false}"#), ("true", #"{"v":true}"#), ("n-huge", #"{"v":-1e308}"#),
                ("n-1.5", #"{"v":-1.5}"#),
                ("n-zero", #"{"v":-0}"#), ("n0", #"{"v":0}"#), ("n2", #"{"v":2}"#), ("n10", #"{"v":1e1}"#),
                ("t-empty", #"{"v":""}"#), ("tA", #"{"v":"A"}"#), ("ta", #"{"v":"a"}"#), ("ta0", #"{"v":"a\u0000"}"#),
                ("tab", #"{"v":"ab"}"#), ("té", #"{"v":"é"}"#), ("t😀", #"{"v":"\ud83d\ude00"}"#),
            ]
            for (id, json) in values.shuffled() { try await notes.create(id, json) }
            #expect(try await notes.ids(index: "by_v", limit: 3) == values.map(\.0))
            #expect(try await notes.ids(index: "by_v", order: .descending, limit: 4) == values.map(\.0).reversed())
            #expect(try await notes.ids(index: "by_v", equals: [0]) == ["n-zero", "n0"])
            #expect(try await notes.ids(index: "by_v", equals: ["a"]) == ["ta"])
            #expect(try await notes.ids(index: "by_v", equals: ["a\0"]) == ["ta0"])
            #expect(try await notes.ids(index: "by_v", equals: [.null]) == ["absent", "array", "null", "object"])
            #expect(
                try await notes.ids(index: "by_v", lower: .init(2), upper: .init("A")) == [
                    "n2", "n10", "t-empty", "tA",
                ]
            )
            #expect(
                try await notes.ids(
                    index: "by_v",
                    lower: .init("a", isInclusive: false),
                    upper: .init("é", isInclusive: false)
                ) == ["ta0", "tab"]
            )
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aCompoundIndexFiltersOrdersAndBreaksTiesById(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_state", on: ["sync.state", "rank"]))
            for (id, state, rank) in [
                ("a", "open", 2), ("b", "open", 1), ("c", "closed", 1), ("d", "open", 1), ("e", "openx", 0),
            ] {
                try await notes.create(id, #"{"sync":{"state":"\#(state)"},"rank":\#(rank)}"#)
            }
            #expect(try await notes.ids(index: "by_state", equals: ["open"]) == ["b", "d", "a"])
            #expect(
                try await notes.ids(index: "by_state", equals: ["open"], order: .descending, limit: 1) == [
                    "a", "d", "b",
                ]
            )
            #expect(try await notes.ids(index: "by_state", equals: ["open", 1]) == ["b", "d"])
            #expect(try await notes.ids(index: "by_state", equals: ["open"], lower: .init(2)) == ["a"])
            #expect(try await notes.ids(index: "by_state") == ["c", "b", "d", "a", "e"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func caseIsFoldedWhereTheIndexSaysSo(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(
                IndexDefinition("folded", on: [.init("mail", ignoresCase: true)]),
                IndexDefinition("exact", on: ["mail"])
            )
            try await notes.create("a", #"{"mail":"Dana@Example.org"}"#)
            try await notes.create("b", #"{"mail":"ÄRGER"}"#)
            #expect(try await notes.ids(index: "folded", equals: ["DANA@example.ORG"]) == ["a"])
            #expect(try await notes.ids(index: "folded", equals: ["ärger"]) == ["b"])
            #expect(try await notes.ids(index: "exact", equals: ["dana@example.org"]) == [])
            #expect(try await notes.ids(index: "exact", equals: ["Dana@Example.org"]) == ["a"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func idAndTimesAreIndexPaths(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(
                IndexDefinition("by_change", on: ["updated_at"]),
                IndexDefinition("by_creation", on: ["created_at", "id"])
            )
            for id in ["a", "b", "c"] {
                world.clock.advance(by: .seconds(1))
                try await notes.create(id, "{}")
            }
            let moment = world.clock.now
            world.clock.advance(by: .seconds(1))
            try await notes.upsert("a", #"{"n":1}"#)
            #expect(try await notes.ids(index: "by_change") == ["b", "c", "a"])
            #expect(try await notes.ids(index: "by_creation") == ["a", "b", "c"])
            #expect(try await notes.ids(index: "by_creation", equals: [.time(moment), "c"]) == ["c"])
            #expect(try await notes.ids(index: "by_change", lower: .init(.time(moment), isInclusive: false)) == ["a"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anIndexFollowsItsDocuments(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for rank in 0..<20 { try await notes.create("id\(rank)", #"{"rank":\#(rank % 5)}"#) }
            try await notes.declare(IndexDefinition("by_rank", on: ["rank"]))
            #expect(try await notes.ids(index: "by_rank", equals: [3]) == ["id13", "id18", "id3", "id8"])
            try await notes.upsert("id3", #"{"rank":9}"#)
            try await notes.delete("id13")
            #expect(try await notes.ids(index: "by_rank", equals: [3]) == ["id18", "id8"])
            #expect(try await notes.ids(index: "by_rank", equals: [9]) == ["id3"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func pagesAreStableWhileOthersWrite(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for number in stride(from: 0, to: 100, by: 10) { try await notes.create("d\(number + 100)", "{}") }
            var query = StoreQuery(collection: try CollectionName("notes"), limit: 4)
            let first = try await notes.query(query)
            #expect(first.documents.map(\.id.description) == ["d100", "d110", "d120", "d130"])
            try await notes.create("d101", "{}")
            try await notes.create("d131", "{}")
            try await notes.delete("d130")
            try await notes.delete("d140")
            query.cursor = first.nextCursor
            query.limit = 3
            let second = try await notes.query(query)
            #expect(second.documents.map(\.id.description) == ["d131", "d150", "d160"])
            query.cursor = second.nextCursor
            let third = try await notes.query(query)
            #expect(third.documents.map(\.id.description) == ["d170", "d180", "d190"])
            #expect(third.nextCursor == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func whatDoesNotFitIsAnInvalidQuery(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_n", on: ["n"]), IndexDefinition("by_m", on: ["m"]))
            for number in 0..<3 { try await notes.create("\(number)", #"{"n":\#(number)}"#) }
            let name = try CollectionName("notes")
            let base = StoreQuery(collection: name, index: "by_n", limit: 1)
            let cursor = try #require(try await notes.query(base).nextCursor)
            var bad: [StoreQuery] = [
                StoreQuery(collection: name, index: "unknown"),
                StoreQuery(collection: name, equals: [1]),
                StoreQuery(collection: name, lower: .init(1)),
                StoreQuery(collection: name, index: "by_n", equals: [1, 2]),
                StoreQuery(collection: name, index: "by_n", equals: [1], upper: .init(1)),
                StoreQuery(collection: name, limit: 0),
                StoreQuery(collection: name, limit: StoreLimits.pageDocumentsMax + 1),
                StoreQuery(collection: try CollectionName("unwritten"), index: "by_n"),
            ]
            for text in [
                "", "x", "!!!!", cursor + "A", String(cursor.dropLast(4)) + "====",
                String(repeating: "A", count: 99_999),
            ] {
                bad.append(StoreQuery(collection: name, index: "by_n", limit: 1, cursor: text))
            }
            bad.append(StoreQuery(collection: name, index: "by_m", limit: 1, cursor: cursor))
            bad.append(StoreQuery(collection: name, limit: 1, cursor: cursor))
            bad.append(StoreQuery(collection: name, index: "by_n", order: .descending, cursor: cursor))
            bad.append(StoreQuery(collection: name, index: "by_n", lower: .init(0), cursor: cursor))
            bad.append(StoreQuery(collection: name, index: "by_n", equals: [1], cursor: cursor))
            for query in bad { #expect(await code { _ = try await notes.query(query) } == .invalidQuery, "\(query)") }
            var good = base
            good.cursor = cursor
            good.limit = 10
            #expect(try await notes.query(good).documents.map(\.id.description) == ["1", "2"])
            #expect(try await notes.query(StoreQuery(collection: CollectionName("unwritten"))).documents.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func manyDocumentsComeInOrderWhateverTheOrderOfWriting(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_n", on: ["n"]))
            let numbers = (0..<900).map { ($0 * 7919) % 900 }
            for chunk in stride(from: 0, to: 900, by: 300) {
                try await notes.write(
                    try numbers[chunk..<chunk + 300].map {
                        .init(try key("k\($0)"), .create(content(#"{"n":\#($0)}"#)))
                    }
                )
            }
            #expect(try await notes.ids(index: "by_n", limit: 77) == (0..<900).map { "k\($0)" })
            try await notes.write(
                try (0..<900).filter { $0 % 3 != 0 }.map { .init(try key("k\($0)"), .delete(expected: nil)) }
            )
            let rest = (0..<900).filter { $0 % 3 == 0 }.map { "k\($0)" }
            #expect(try await notes.ids(index: "by_n", order: .descending, limit: 1000) == rest.reversed())
        }
    }

    @Test(arguments: EngineKind.allCases)
    func longTextsShareTheirBeginningInAnIndex(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_t", on: ["t"]))
            let long = String(repeating: "x", count: StoreLimits.indexValueBytesMax)
            try await notes.create("longer", #"{"t":"\#(long)y"}"#)
            try await notes.create("long", #"{"t":"\#(long)"}"#)
            #expect(try await notes.ids(index: "by_t", equals: [.text(long)]) == ["long"])
            #expect(try await notes.ids(index: "by_t", equals: [.text(long + "z")]) == ["longer"])
            #expect(try await notes.ids(index: "by_t") == ["long", "longer"])
        }
    }
}
