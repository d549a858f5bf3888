import FunctionKit
import FunctionTesting
import Testing

/// Unique indexes and declarations, on every engine.
@Suite struct UniqueTests {
    private let byMail = IndexDefinition("by_mail", on: [.init("mail", ignoresCase: true)], unique: true)

    @Test(arguments: EngineKind.allCases)
    func oneValueHasOneDocument(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byMail)
            try await notes.create("a", #"{"mail":"Dana@x.org"}"#)
            #expect(await code { try await notes.create("b", #"{"mail":"dANA@X.org"}"#) } == .uniqueViolation)
            #expect(try await notes.get(key("b")) == nil)
            try await notes.upsert("a", #"{"mail":"dana@x.org","n":1}"#)
            for id in ["n1", "n2"] { try await notes.create(id, #"{"mail":null}"#) }
            try await notes.create("n3", "{}")
            try await notes.delete("a")
            try await notes.create("b", #"{"mail":"dana@x.org"}"#)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func theStateAfterTheBatchCounts(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byMail)
            try await notes.create("a", #"{"mail":"a"}"#)
            try await notes.create("b", #"{"mail":"b"}"#)
            try await notes.write([
                .init(try key("a"), .upsert(content(#"{"mail":"b"}"#))),
                .init(try key("b"), .upsert(content(#"{"mail":"a"}"#))),
            ])
            #expect(try await notes.ids(index: "by_mail") == ["b", "a"])
            try await notes.write([
                .init(try key("a"), .delete(expected: nil)), .init(try key("c"), .create(content(#"{"mail":"B"}"#))),
            ])
            let twins = try ["x", "y"].map { WriteBatch.Write(try key($0), .create(content(#"{"mail":"z"}"#))) }
            #expect(await code { try await notes.write(twins) } == .uniqueViolation)
            #expect(try await notes.ids() == ["b", "c"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aCompoundUniqueIndexComparesAllFields(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("pair", on: ["x", "y"], unique: true))
            try await notes.create("a", #"{"x":"1","y":2}"#)
            try await notes.create("b", #"{"x":"1","y":3}"#)
            try await notes.create("c", #"{"x":"1"}"#)
            try await notes.create("d", #"{"x":"1"}"#)
            #expect(await code { try await notes.create("e", #"{"y":2.0,"x":"1"}"#) } == .uniqueViolation)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aTextThatIsTooLongForAUniqueIndexIsRefused(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byMail)
            let most = String(repeating: "x", count: StoreLimits.indexValueBytesMax)
            try await notes.create("a", #"{"mail":"\#(most)"}"#)
            #expect(await code { try await notes.create("b", #"{"mail":"\#(most)x"}"#) } == .tooLarge)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aDeclarationThatTheDocumentsViolateChangesNothing(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let name = try CollectionName("notes")
            try await notes.declare(IndexDefinition("by_n", on: ["n"]))
            try await notes.create("a", #"{"mail":"a","n":2}"#)
            try await notes.create("b", #"{"mail":"A","n":1}"#)
            let before = try await notes.schema(of: name)
            #expect(await code { try await notes.declare(byMail) } == .uniqueViolation)
            #expect(try await notes.schema(of: name) == before)
            #expect(try await notes.ids(index: "by_n") == ["b", "a"])
            try await notes.delete("a")
            try await notes.declare(byMail)
            #expect(try await notes.schema(of: name)?.indexes == [byMail])
            #expect(await code { try await notes.create("c", #"{"mail":"a"}"#) } == .uniqueViolation)
            #expect(await code { _ = try await notes.ids(index: "by_n") } == .invalidQuery)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aSchemaThatBreaksTheRulesIsRefused(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let bad: [([IndexDefinition], StoreError.Code)] = [
                ([IndexDefinition("", on: ["n"])], .invalidName),
                ([IndexDefinition("n", on: ["n"]), IndexDefinition("n", on: ["m"])], .invalidName),
                ([IndexDefinition("n", on: [])], .tooLarge),
                ([IndexDefinition("n", on: ["a", "b", "c", "d", "e"])], .tooLarge),
                ([IndexDefinition("n", on: ["a..b"])], .invalidName),
                ((0...CollectionSchema.indexesMax).map { IndexDefinition("n\($0)", on: ["n"]) }, .tooLarge),
            ]
            for (indexes, expected) in bad {
                let schema = CollectionSchema(collection: try CollectionName("notes"), indexes: indexes)
                #expect(await code { try await notes.declare(schema) } == expected, "\(indexes)")
            }
            #expect(try await notes.schema(of: CollectionName("notes")) == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anExpiredDocumentIsGoneAtOnce(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(byMail)
            let moment = world.clock.now + .seconds(10)
            let first = try await notes.create("a", #"{"mail":"a"}"#, expiresAt: moment).revision
            #expect(try await notes.get(key("a"))?.expiresAt == moment)
            world.clock.advance(by: .milliseconds(9999))
            #expect(try await notes.body("a") != nil)
            world.clock.advance(by: .milliseconds(1))
            #expect(try await notes.get(key("a")) == nil)
            #expect(try await notes.ids() == [])
            #expect(try await notes.ids(index: "by_mail", equals: ["a"]) == [])
            #expect(try await notes.collections().isEmpty)
            #expect(await code { try await notes.delete("a", expecting: first) } == .notFound)
            try await notes.create("b", #"{"mail":"A"}"#)
            let again = try await notes.create("a", #"{"mail":"other"}"#)
            let stored = try #require(try await notes.get(key("a")))
            #expect(stored.createdAt == again.committedAt)
            #expect(stored.expiresAt == nil)
            #expect(try await notes.ids() == ["a", "b"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aReplacedExpiryCounts(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", "{}", expiresAt: world.clock.now + .seconds(10))
            try await notes.upsert("a", "{}", expiresAt: world.clock.now + .seconds(20))
            world.clock.advance(by: .seconds(15))
            #expect(try await notes.body("a") == "{}")
            try await notes.upsert("a", "{}")
            world.clock.advance(by: .seconds(1000))
            #expect(try await notes.body("a") == "{}")
            #expect(try await notes.collections().map(\.documents) == [1])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anExpiredDocumentNeverComesBackIntoANewIndex(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let before = world.clock.now
            try await notes.create("old", #"{"mail":"m"}"#, expiresAt: before + .seconds(10))
            try await notes.create("new", #"{"mail":"m"}"#)
            #expect(await code { try await notes.declare(byMail) } == .uniqueViolation)
            world.clock.advance(by: .seconds(15))
            try await notes.declare(byMail)
            world.clock.setWallTime(before)
            #expect(try await notes.ids(index: "by_mail", equals: ["m"]) == ["new"])
            #expect(try await notes.body("old") == nil)
        }
    }
}
