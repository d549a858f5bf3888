import FunctionKit
import Testing

/// Documents as other programs hand them over.
@Suite struct ExternalDocumentTests {
    @Test func theStoresMembersAreTakenOut() throws {
        let line =
            #" {"text" : "a, \"b\"", "id":"x\u0031", "created_at":"2026-01-02T03:04:05Z","n":[1, 2],"updated_at":null} "#
        let document = try ExternalDocument(Array(line.utf8))
        #expect(document.id == "x1")
        #expect(document.createdAt == Timestamp("2026-01-02T03:04:05Z"))
        #expect(document.updatedAt == nil)
        #expect(String(decoding: document.body, as: UTF8.self) == #"{"text":"a, \"b\"","n":[1,2]}"#)
    }

    @Test func onlyTheOutermostMembersAreTheStores() throws {
        let document = try ExternalDocument(Array(#"{"a":{"id":"inner"}}"#.utf8))
        #expect(document.id == nil)
        #expect(String(decoding: document.body, as: UTF8.self) == #"{"a":{"id":"inner"}}"#)
        #expect(try ExternalDocument(Array(#"{"id":"only"}"#.utf8)).body == Array("{}".utf8))
    }

    @Test func whatAStoreWritesComesBack() throws {
        let stored = StoredDocument(
            id: try DocumentID(#"q"\é"#),
            revision: Revision(rawValue: 1),
            createdAt: Timestamp(seconds: 1),
            updatedAt: Timestamp(seconds: 2),
            expiresAt: nil,
            body: Array(#"{"n":1}"#.utf8)
        )
        let document = try ExternalDocument(stored.json)
        #expect(document.id == stored.id.description)
        #expect(document.createdAt == stored.createdAt)
        #expect(document.updatedAt == stored.updatedAt)
        #expect(document.body == stored.body)
    }

    @Test(arguments: [
        ("", "Line 3 is not a JSON object: no object at the top at byte 0."),
        (#"{"a":1 2}"#, "Line 3 is not a JSON object: no comma or brace after the member at byte 7."),
        (#"{"id":7}"#, "Line 3 has a member 'id' that is no text."),
        (
            #"{"created_at":"yesterday"}"#,
            "Line 3 has 'yesterday' as 'created_at', which is no RFC 3339 time such as 2026-11-20T12:14:00Z."
        ),
    ])
    func whatIsWrongIsSaid(_ json: String, _ words: String) {
        let error = #expect(throws: StoreError.self) { try ExternalDocument(Array(json.utf8), name: "Line 3") }
        #expect(error?.message == words)
    }
}
