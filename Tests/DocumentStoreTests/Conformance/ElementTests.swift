import FunctionKit
import FunctionTesting
import Testing

/// Indexes over the elements of arrays, on every engine.
@Suite struct ElementTests {
    private let byTag = IndexDefinition("by_tag", on: ["tags[]"])
    private let byOwnTag = IndexDefinition("by_tag", on: ["tags[]"], unique: true)

    @Test(arguments: EngineKind.allCases)
    func eachDifferentElementLeadsToTheDocument(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byTag)
            try await notes.create("a", #"{"tags":["x","y","x"]}"#)
            try await notes.create("b", #"{"tags":["y",1,true,1.0]}"#)
            #expect(try await notes.ids(index: "by_tag", equals: ["x"]) == ["a"])
            #expect(try await notes.ids(index: "by_tag", equals: ["y"]) == ["a", "b"])
            #expect(try await notes.ids(index: "by_tag", equals: [1]) == ["b"])
            #expect(try await notes.ids(index: "by_tag", equals: [true]) == ["b"])
            // Once for each of its elements where the query takes in several.
            #expect(try await notes.ids(index: "by_tag", limit: 2) == ["b", "b", "a", "a", "b"])
            #expect(try await notes.ids(index: "by_tag", order: .descending, limit: 2) == ["b", "a", "a", "b", "b"])
            #expect(try await notes.ids(index: "by_tag", lower: .init("x"), upper: .init("y")) == ["a", "a", "b"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func whatIsNoElementCountsAsNull(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byTag)
            let nulls = [
                ("absent", "{}"), ("array-in-it", #"{"tags":[["x"]]}"#), ("empty", #"{"tags":[]}"#),
                ("null", #"{"tags":null}"#), ("null-in-it", #"{"tags":[null,null]}"#), ("number", #"{"tags":7}"#),
                ("object", #"{"tags":{"tags":"x"}}"#), ("object-in-it", #"{"tags":[{"x":1}]}"#),
                ("text", #"{"tags":"x"}"#),
            ]
            for (id, json) in nulls { try await notes.create(id, json) }
            try await notes.create("some", #"{"tags":["x",null]}"#)
            #expect(try await notes.ids(index: "by_tag", equals: ["x"]) == ["some"])
            #expect(try await notes.ids(index: "by_tag", equals: [.null]) == (nulls.map(\.0) + ["some"]).sorted())
        }
    }

    @Test(arguments: EngineKind.allCases)
    func thePathGoesOnBehindTheArray(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(
                IndexDefinition("by_sku", on: ["order.lines[].item.sku"]),
                IndexDefinition("by_count", on: ["order.lines[].count"])
            )
            try await notes.create(
                "a",
                #"{"order":{"lines":[{"item":{"sku":"s1"},"count":2},{"count":1},{"item":{"sku":"s2"}},5]}}"#
            )
            try await notes.create("b", #"{"order":{"lines":{"item":{"sku":"s1"}}}}"#)
            try await notes.create("c", #"{"order":[{"lines":[{"item":{"sku":"s1"}}]}]}"#)
            try await notes.create("d", #"{"order":{"lines":[{"item":[{"sku":"s1"}]},[{"item":{"sku":"s1"}}]]}}"#)
            #expect(try await notes.ids(index: "by_sku", equals: ["s1"]) == ["a"])
            #expect(try await notes.ids(index: "by_sku", equals: ["s2"]) == ["a"])
            #expect(try await notes.ids(index: "by_sku", equals: [.null]) == ["a", "b", "c", "d"])
            #expect(try await notes.ids(index: "by_count", lower: .init(0)) == ["a", "a"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anUpdateMovesWhatChanged(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byTag)
            try await notes.create("a", #"{"tags":["x","y","z"]}"#)
            try await notes.upsert("a", #"{"tags":["z","w","x"]}"#)
            #expect(try await notes.ids(index: "by_tag", equals: ["y"]) == [])
            for tag in ["w", "x", "z"] as [IndexValue] {
                #expect(try await notes.ids(index: "by_tag", equals: [tag]) == ["a"])
            }
            try await notes.upsert("a", #"{"tags":[]}"#)
            #expect(try await notes.ids(index: "by_tag") == ["a"])
            try await notes.delete("a")
            #expect(try await notes.ids(index: "by_tag") == [])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func pagesAlongOneElementGoOn(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for number in 10..<40 {
                try await notes.create("d\(number)", #"{"tags":["t\#(number % 3)","all"],"n":\#(number)}"#)
            }
            try await notes.declare(IndexDefinition("by_tag", on: ["tags[]", "n"]))
            let wanted = (10..<40).map { "d\($0)" }
            #expect(try await notes.ids(index: "by_tag", equals: ["all"], limit: 7) == wanted)
            #expect(
                try await notes.ids(index: "by_tag", equals: ["all"], order: .descending, limit: 7) == wanted.reversed()
            )
            #expect(
                try await notes.ids(index: "by_tag", equals: ["t1"], lower: .init(20), limit: 2) == [
                    "d22", "d25", "d28", "d31", "d34", "d37",
                ]
            )
        }
    }

    @Test(arguments: EngineKind.allCases)
    func tooManyElementsAreRefused(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            func tags(_ count: Int) -> String {
                #"{"tags":[\#((0..<count).map { "\"t\($0)\"" }.joined(separator: ","))]}"#
            }
            try await notes.create("before", tags(65))
            #expect(await code { try await notes.declare(byTag) } == .tooLarge)
            #expect(try await notes.schema(of: CollectionName("notes")) == nil)
            try await notes.delete("before")
            try await notes.declare(byTag, IndexDefinition("folded", on: [.init("names[]", ignoresCase: true)]))
            try await notes.create("most", tags(64))
            #expect(await code { try await notes.create("more", tags(65)) } == .tooLarge)
            #expect(try await notes.get(key("more")) == nil)
            // Equal elements, and those that are equal to the index, count once.
            let same = Array(repeating: "\"A\",\"a\"", count: 500).joined(separator: ",")
            try await notes.create("same", #"{"tags":[\#(same)],"names":[\#(same)]}"#)
            #expect(try await notes.ids(index: "folded", equals: ["A"]) == ["same"])
            #expect(try await notes.ids(index: "by_tag", equals: ["a"]) == ["same"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func noTwoDocumentsShareAnElementOfAUniqueIndex(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byOwnTag)
            try await notes.create("a", #"{"tags":["x","y","x"]}"#)
            #expect(await code { try await notes.create("b", #"{"tags":["z","y"]}"#) } == .uniqueViolation)
            for id in ["n1", "n2"] { try await notes.create(id, #"{"tags":[null]}"#) }
            for id in ["e1", "e2"] { try await notes.create(id, #"{"tags":[]}"#) }
            #expect(await code { try await notes.create("n3", #"{"tags":[null,"x"]}"#) } == .uniqueViolation)
            try await notes.create("b", #"{"tags":["z"]}"#)
            #expect(await code { try await notes.upsert("b", #"{"tags":["z","x"]}"#) } == .uniqueViolation)
            try await notes.upsert("a", #"{"tags":["y"]}"#)
            try await notes.upsert("b", #"{"tags":["z","x"]}"#)
            #expect(try await notes.ids(index: "by_tag", equals: ["x"]) == ["b"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func elementsChangeHandsWithinABatch(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byOwnTag)
            try await notes.create("a", #"{"tags":["x","y"]}"#)
            try await notes.create("b", #"{"tags":["z"]}"#)
            try await notes.write([
                .init(try key("a"), .upsert(content(#"{"tags":["z","y"]}"#))),
                .init(try key("b"), .upsert(content(#"{"tags":["x"]}"#))),
            ])
            #expect(try await notes.ids(index: "by_tag") == ["b", "a", "a"])
            let twins = try ["c", "d"].map {
                WriteBatch.Write(try key($0), .create(content(#"{"tags":["t","\#($0)"]}"#)))
            }
            #expect(await code { try await notes.write(twins) } == .uniqueViolation)
            #expect(try await notes.ids() == ["a", "b"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aUniqueIndexIsNotBuiltOverASharedElement(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", #"{"tags":["x","y"]}"#)
            try await notes.create("b", #"{"tags":["y"]}"#)
            #expect(await code { try await notes.declare(byOwnTag) } == .uniqueViolation)
            try await notes.upsert("a", #"{"tags":["x"]}"#)
            try await notes.declare(byOwnTag)
            #expect(try await notes.ids(index: "by_tag") == ["a", "b"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func pathsThroughArraysHaveRules(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            for path in ["[]", "a[][]", "a[].b[]", "a[]b", "a[", "a]", "[]a", "a.[]", "a[].", "a[ ]", "a[0]"] {
                let index = IndexDefinition("by", on: [.init(path)])
                #expect(await code { try await notes.declare(index) } == .invalidName, "\(path)")
            }
            let two = IndexDefinition("by", on: ["a[]", "b[]"])
            #expect(await code { try await notes.declare(two) } == .invalidName)
            try await notes.declare(
                IndexDefinition("one", on: ["a[]", "b"]),
                IndexDefinition("other", on: ["c", "b[].d"])
            )
            try await notes.create("x", #"{"a":[1,2],"b":[{"d":3},{"d":4}],"c":5}"#)
            #expect(try await notes.ids(index: "other", equals: [5]) == ["x", "x"])
            #expect(try await notes.ids(index: "one", equals: [2, .null]) == ["x"])
        }
    }
}
