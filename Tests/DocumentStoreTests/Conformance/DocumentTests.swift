import FunctionKit
import FunctionTesting
import Testing

/// What a document may be, on every engine.
@Suite struct DocumentTests {
    static let bad: [(name: String, bytes: [UInt8], code: StoreError.Code)] = [
        ("empty", [], .invalidDocument),
        ("array", Array("[]".utf8), .invalidDocument),
        ("text", Array(#""a""#.utf8), .invalidDocument),
        ("half", Array(#"{"a":1"#.utf8), .invalidDocument),
        ("two", Array("{}{}".utf8), .invalidDocument),
        ("NaN", Array(#"{"a":NaN}"#.utf8), .invalidDocument),
        ("infinity", Array(#"{"a":-Infinity}"#.utf8), .invalidDocument),
        ("leading zero", Array(#"{"a":01}"#.utf8), .invalidDocument),
        ("trailing comma", Array(#"{"a":1,}"#.utf8), .invalidDocument),
        ("same name twice", Array(#"{"a":1,"b":2,"a":3}"#.utf8), .invalidDocument),
        ("same name twice, escaped", Array(#"{"a":1,"\u0061":3}"#.utf8), .invalidDocument),
        ("same name twice inside", Array(#"{"x":[{"y":{"a":1,"a":1}}]}"#.utf8), .invalidDocument),
        ("control character", Array("{\"a\":\"\u{1}\"}".utf8), .invalidDocument),
        ("invalid UTF-8", Array(#"{"a":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8), .invalidDocument),
        ("cut UTF-8", Array(#"{"a":""#.utf8) + [0xE2, 0x82] + Array(#""}"#.utf8), .invalidDocument),
        ("surrogate in UTF-8", Array(#"{"a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#""}"#.utf8), .invalidDocument),
        ("half a pair", Array(#"{"a":"\ud83d"}"#.utf8), .invalidDocument),
        ("byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8), .invalidDocument),
        ("own id", Array(#"{"id":"a"}"#.utf8), .invalidDocument),
        ("own id, escaped", Array(#"{"\u0069d":"a"}"#.utf8), .invalidDocument),
        ("own time", Array(#"{"n":1,"updated_at":null}"#.utf8), .invalidDocument),
        ("too deep", Array(nested(StoreLimits.documentDepthMax + 1).utf8), .tooLarge),
        ("very deep", Array(String(repeating: "[", count: 1_000_000).utf8), .invalidDocument),
        ("very deep inside", Array((#"{"a":"# + String(repeating: "[", count: 1_000_000)).utf8), .tooLarge),
        ("too large", Array(text(bytes: StoreLimits.documentBytesMax + 1).utf8), .tooLarge),
    ]

    /// Objects within objects, `depth` levels in all.
    static func nested(_ depth: Int) -> String {
        String(repeating: #"{"a":"#, count: depth - 1) + "{}" + String(repeating: "}", count: depth - 1)
    }

    /// A document of exactly this many bytes.
    static func text(bytes: Int) -> String { #"{"a":""# + String(repeating: "x", count: bytes - 8) + #""}"# }

    @Test(arguments: EngineKind.allCases)
    func aBadDocumentIsRefusedAndChangesNothing(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("kept", "{}")
            for row in Self.bad {
                let batch = [
                    WriteBatch.Write(try key("fine"), .create(content("{}"))),
                    WriteBatch.Write(try key("bad"), .upsert(WriteBatch.Content(body: row.bytes))),
                ]
                #expect(await code { try await notes.write(batch) } == row.code, "\(row.name)")
            }
            #expect(try await notes.ids() == ["kept"])
            #expect(try await notes.create("next", "{}").revision.rawValue == 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func whatIsAllowedComesBackAsItWas(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let good = [
                "{}", #"{"a":{"id":"inner ids are fine"}}"#, #"{"n":-0.5e-10,"b":[true,false,null],"e":""}"#,
                #"{"t":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀"}"#, Self.nested(StoreLimits.documentDepthMax),
                Self.text(bytes: StoreLimits.documentBytesMax),
                "{" + (0..<300).map { "\"m\($0)\":\($0)" }.joined(separator: ",") + "}",
            ]
            for (index, json) in good.enumerated() { try await notes.create("\(index)", json) }
            for (index, json) in good.enumerated() { #expect(try await notes.body("\(index)") == json) }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func whiteSpaceBetweenTokensIsDropped(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.create("a", " {\r\n\t\"a b\" : [ 1 , \"x \\\" y\" ] }\n")
            #expect(try await notes.body("a") == #"{"a b":[1,"x \" y"]}"#)
            let json = try #require(try await notes.get(key("a"))).json
            #expect(String(decoding: json, as: UTF8.self).hasSuffix(#","a b":[1,"x \" y"]}"#))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aBatchHasItsBounds(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            let many = try (0...StoreLimits.batchWritesMax).map {
                WriteBatch.Write(try key("\($0)"), .create(content("{}")))
            }
            #expect(await code { try await notes.write(many) } == .tooLarge)
            let big = Self.text(bytes: StoreLimits.documentBytesMax)
            let heavy = try (0..<9).map { WriteBatch.Write(try key("\($0)"), .create(content(big))) }
            #expect(await code { try await notes.write(heavy) } == .tooLarge)
            #expect(try await notes.ids() == [])
            try await notes.write(Array(many.dropLast()))
            try await notes.write(
                Array(heavy.dropLast()).map { .init(try key($0.key.id.description + "h"), $0.operation) }
            )
            #expect(try await notes.ids(limit: 1000).count == StoreLimits.batchWritesMax + 8)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func errorsNameTheThing(_ kind: EngineKind) async throws {
        try await kind.run { world in
            let notes = try world.partition()
            try await notes.declare(IndexDefinition("by_mail", on: ["mail"], unique: true))
            try await notes.create("a", #"{"mail":"x"}"#)
            let rows: [(WriteBatch.Write, String)] = [
                (
                    .init(try key("a"), .create(content("{}"))),
                    "Document 'a' of 'notes' exists already in 'acme', with revision 1."
                ),
                (
                    .init(try key("b"), .replace(content("{}"), expected: Revision(rawValue: 1))),
                    "Document 'b' of 'notes' does not exist in 'acme'."
                ),
                (
                    .init(try key("a"), .delete(expected: Revision(rawValue: 7))),
                    "Document 'a' of 'notes' in 'acme' has revision 1, not 7. Read it again."
                ),
                (
                    .init(try key("c"), .create(content(#"{"mail":"x"}"#))),
                    "Document 'c' of 'notes' has the same mail as document 'a'; the index 'by_mail' of 'acme' allows it once."
                ),
                (
                    .init(try key("c"), .create(content(#"{"n":+1}"#))),
                    "Document 'c' of 'notes' is not a JSON object: no JSON value at byte 5."
                ),
                (
                    .init(try key("c"), .create(content(#"{"id":1}"#))),
                    "Document 'c' of 'notes' has a member 'id' of its own; the store keeps that beside the document. Rename it."
                ),
            ]
            for (write, words) in rows {
                do {
                    try await notes.write([write])
                    Issue.record("'\(words)' was expected.")
                } catch {
                    #expect("\(error)" == words)
                }
            }
        }
    }
}
