import DocumentStore
import FunctionKit
import FunctionTesting
import Synchronization
import Testing

/// A document that is read again and again is decoded once, and nobody notices but by the time it takes.
struct DecodedBodyTests {
    /// Counts how often it is decoded. A value of `refuse` does not decode.
    private struct Note: Codable, Sendable {
        static let decodings = LockedState<[String: Int]>([:])
        var text: String

        private enum CodingKeys: String, CodingKey { case text }

        init(text: String) { self.text = text }

        init(from decoder: any Decoder) throws {
            text = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .text)
            let text = text
            Self.decodings.withLock { $0[text, default: 0] += 1 }
            if text == "refuse" {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "refused"))
            }
        }
    }

    private struct Other: Codable, Sendable { var text: String? }

    private final class Shared: Codable, Sendable {
        let text: String
        init(text: String) { self.text = text }
    }

    private func withNotes(_ body: (TenantStore) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let app = TestApp()
            let engine = try openEngine(folder)
            let store = Store(
                engine: engine,
                clock: app.clock,
                random: app.random,
                logger: Logger(sink: app.log, category: "Store")
            )
            try await body(try store.tenant("acme"))
            await engine.close()
        }
    }

    private func decodings(_ text: String) -> Int { Note.decodings.withLock { $0[text, default: 0] } }

    @Test func aVersionThatIsAskedForAgainIsDecodedOnce() async throws {
        try await withNotes { store in
            let notes = store.collection(CollectionDefinition<Note>("notes", sharesDecoded: true))
            _ = try await notes.create(Note(text: "first"), id: "a")
            for _ in 0..<10 { #expect(try await notes.get("a")?.text == "first") }
            // Not kept at the first question, and not there at the second.
            #expect(decodings("first") <= 3)
            let stored = try #require(try await notes.get("a"))
            _ = try await notes.replace(stored, with: Note(text: "second"))
            for _ in 0..<10 { #expect(try await notes.get("a")?.text == "second") }
            #expect(decodings("second") <= 3)
        }
    }

    @Test func eachTypeGetsItsOwn() async throws {
        try await withNotes { store in
            let notes = store.collection(CollectionDefinition<Note>("notes", sharesDecoded: true))
            let others = store.collection(CollectionDefinition<Other>("notes", sharesDecoded: true))
            _ = try await notes.create(Note(text: "both"), id: "a")
            for _ in 0..<5 {
                #expect(try await notes.get("a")?.text == "both")
                #expect(try await others.get("a")?.value.text == "both")
            }
        }
    }

    @Test func whatDoesNotDecodeIsRefusedEachTime() async throws {
        try await withNotes { store in
            let notes = store.collection(CollectionDefinition<Note>("notes", sharesDecoded: true))
            _ = try await notes.create(Note(text: "refuse"), id: "a")
            for _ in 0..<5 {
                let error = await #expect(throws: StoreError.self) { _ = try await notes.get("a") }
                #expect(error?.code == .invalidDocument)
            }
        }
    }

    @Test func aChangedCopyChangesNoOther() async throws {
        try await withNotes { store in
            let notes = store.collection(CollectionDefinition<Note>("notes", sharesDecoded: true))
            _ = try await notes.create(Note(text: "kept"), id: "a")
            for _ in 0..<5 {
                var note = try #require(try await notes.get("a"))
                #expect(note.text == "kept")
                note.value.text = "changed"
            }
        }
    }

    @Test func anOptionalTypeGetsItsValue() async throws {
        try await withNotes { store in
            let notes = store.collection(CollectionDefinition<Other?>("notes", sharesDecoded: true))
            _ = try await notes.create(Other(text: "there"), id: "a")
            for _ in 0..<5 { #expect(try await notes.get("a")?.value?.text == "there") }
        }
    }

    @Test func nothingIsSharedThatDoesNotSaySo() async throws {
        try await withNotes { store in
            let objects = store.collection(CollectionDefinition<Shared>("notes"))
            _ = try await objects.create(Shared(text: "x"), id: "a")
            var seen: [Shared] = []
            for _ in 0..<5 { seen.append(try #require(try await objects.get("a")).value) }
            #expect(Set(seen.map(ObjectIdentifier.init)).count == 5)
        }
    }
}
