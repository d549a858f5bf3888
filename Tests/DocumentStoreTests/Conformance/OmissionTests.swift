import FunctionKit
import FunctionTesting
import Testing

/// Pages without what the caller has already, on every engine.
@Suite struct OmissionTests {
    private func found(_ page: StoredPage) -> [String] { page.documents.map(\.id.description) }

    @Test(arguments: EngineKind.allCases, ["by_n", nil])
    func whatIsOmittedDoesNotCountForTheLimit(_ kind: EngineKind, _ index: String?) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_n", on: ["n"]))
            // One batch, so that all have one revision.
            let receipt = try await notes.write(
                try (1...6).map { .init(try key("d\($0)"), .create(content(#"{"n":\#($0)}"#))) }
            )
            var query = StoreQuery(collection: try CollectionName("notes"), index: index, limit: 2)
            for id in ["d1", "d3", "d4"] { query.omitted.insert(try DocumentID(id), receipt.revision) }
            let first = try await notes.query(query)
            #expect(found(first) == ["d2", "d5"])
            query.cursor = first.nextCursor
            let rest = try await notes.query(query)
            #expect(found(rest) == ["d6"])
            #expect(rest.nextCursor == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func anotherVersionIsNotOmitted(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_n", on: ["n"]))
            let old = try await notes.create("d1", #"{"n":1}"#).revision
            try await notes.create("d2", #"{"n":2}"#)
            try await notes.upsert("d1", #"{"n":3}"#)
            var query = StoreQuery(collection: try CollectionName("notes"), index: "by_n")
            query.omitted.insert(try DocumentID("d1"), old)
            #expect(found(try await notes.query(query)) == ["d2", "d1"])
            // An id that is none of the page's, under a revision that is.
            query.omitted.insert(try DocumentID("d3"), Revision(rawValue: old.rawValue + 1))
            #expect(found(try await notes.query(query)) == ["d2", "d1"])
        }
    }
}
