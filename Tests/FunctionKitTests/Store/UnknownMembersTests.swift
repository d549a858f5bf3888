import FunctionKit
import FunctionTesting
import Testing

/// What a type does not know survives its updates, and what it removes is gone.
struct UnknownMembersTests {
    /// Drops `note` when it is nil, as synthesized coding does.
    private struct Card: Codable, Sendable {
        var name: String
        var note: String?
    }

    private static let cards = CollectionDefinition<Card>("cards")

    private func store(_ body: String) async throws -> TenantStore {
        let store = try TestApp().store.tenant("acme-msp")
        let key = DocumentKey(try CollectionName("cards"), try DocumentID("c"))
        _ = try await store.partition.commit(WriteBatch([.init(key, .upsert(.init(body: Array(body.utf8))))]))
        return store
    }

    private func body(_ store: TenantStore, _ id: String = "c") async throws -> String? {
        let key = DocumentKey(try CollectionName("cards"), try DocumentID(id))
        return try await store.partition.get(key).map { String(decoding: $0.body, as: UTF8.self) }
    }

    /// The stored body, the new name and note, and the body afterwards.
    private static let rows: [(String, String, String?, String)] = [
        (#"{"name":"a"}"#, "b", nil, #"{"name":"b"}"#),
        (#"{"name":"a","plan":"gold"}"#, "b", nil, #"{"name":"b","plan":"gold"}"#),
        (
            #"{"plan":"gold","name":"a","tags":["x",{"y":1.50}]}"#, "b", nil,
            #"{"name":"b","plan":"gold","tags":["x",{"y":1.50}]}"#
        ),
        (#"{"name":"a","note":"n","plan":1}"#, "a", nil, #"{"name":"a","plan":1}"#),
        (#"{"name":"a","note":null,"plan":1}"#, "a", "n", #"{"name":"a","note":"n","plan":1}"#),
        (#"{"name":"a","no\u0074e":"n","pl\u0061n":1}"#, "b", nil, #"{"name":"b","pl\u0061n":1}"#),
    ]

    @Test(arguments: rows.indices)
    func anUpdateKeepsThem(_ row: Int) async throws {
        let (old, name, note, expected) = Self.rows[row]
        let change: @Sendable (inout Card) -> Void = { card in
            card.name = name
            card.note = note
        }
        let updated = try await store(old)
        try await updated.collection(Self.cards).update("c", change)
        #expect(try await body(updated) == expected)
        let transacted = try await store(old)
        try await transacted.transaction { transaction in
            let stored = try #require(try await transaction.get("c", from: Self.cards))
            var card = stored.value
            change(&card)
            try transaction.replace(stored, with: card, in: Self.cards)
        }
        #expect(try await body(transacted) == expected)
    }

    @Test func aSecondReplaceKeepsThemToo() async throws {
        let store = try await store(#"{"name":"a","plan":"gold"}"#)
        let cards = store.collection(Self.cards)
        let first = try #require(try await cards.get("c"))
        let second = try await cards.replace(first, with: Card(name: "b", note: "n"))
        _ = try await cards.replace(second, with: Card(name: "c"))
        #expect(try await body(store) == #"{"name":"c","plan":"gold"}"#)
    }

    @Test func anUpsertTakesThemOverOnlyWhereItContinues() async throws {
        let store = try await store(#"{"name":"a","plan":"gold"}"#)
        let old = try #require(try await store.collection(Self.cards).get("c"))
        try await store.transaction { transaction in
            try transaction.upsert(Card(name: "b"), id: "d", in: Self.cards, continuing: old)
            try transaction.upsert(Card(name: "b"), id: "e", in: Self.cards)
        }
        #expect(try await body(store, "d") == #"{"name":"b","plan":"gold"}"#)
        #expect(try await body(store, "e") == #"{"name":"b"}"#)
    }

    @Test func anUnchangedDocumentIsNotWritten() async throws {
        let store = try await store(#"{"name":"a","plan":"gold"}"#)
        let before = try #require(try await store.collection(Self.cards).get("c"))
        let after = try await store.collection(Self.cards).update("c") { $0.name = "a" }
        #expect(after?.revision == before.revision)
    }
}
