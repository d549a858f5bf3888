import FunctionKit
import FunctionTesting
import Testing

@Suite struct MemoryStoreEngineTests {
    struct Note: Codable, Sendable, Equatable { var text: String; var rank: Int }
    @Test func works() async throws {
        let app = TestApp()
        let notes = try app.store.tenant("acme").collection(
            CollectionDefinition<Note>(
                "notes",
                indexes: [
                    IndexDefinition("by_rank", on: ["rank"]),
                    IndexDefinition("by_text", on: [.init("text", ignoresCase: true)], unique: true),
                ]
            )
        )
        for i in 0..<700 { _ = try await notes.create(Note(text: "n\(i)", rank: (i * 37) % 700), id: "id\(i)") }
        var seen: [Int] = []
        try await notes.forEach(index: "by_rank") { seen.append($0.rank) }
        #expect(seen == Array(0..<700))
        await #expect(throws: StoreError.self) { try await notes.create(Note(text: "N5", rank: 1)) }
        #expect(try await notes.first(index: "by_text", equals: ["N7"])?.id == "id7")
        try await notes.update("id7") { $0.rank = 5000 }
        #expect(try await notes.page(index: "by_rank", order: .descending, limit: 1).items.first?.id == "id7")
        #expect(
            try await notes.page(index: "by_rank", lower: .init(3), upper: .init(6, isInclusive: false)).items.map(
                \.rank
            ) == [3, 4, 5]
        )
    }
}
