import DocumentStore
import FunctionKit
import FunctionTesting
import Testing

/// Exports and imports of whole tenants and single collections, on both engines.
@Suite struct TransferTests {
    private func export(_ partition: any TenantPartition, collection: String? = "notes") async throws -> [String] {
        let export = TenantExport(partition, collection: try collection.map { try CollectionName($0) })
        var bytes: [UInt8] = []
        while let chunk = try await export.next() { bytes += chunk }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(await export.lines == lines.count)
        return lines
    }

    /// Imports in pieces of `step` bytes.
    private func take(
        _ text: String,
        into partition: any TenantPartition,
        collection: String? = "notes",
        existing: ExistingDocuments = .replace,
        step: Int = 7,
        firstLine: Int = 1
    ) async throws -> ImportCounts {
        var importing = TenantImport(
            into: partition,
            collection: try collection.map { try CollectionName($0) },
            existing: existing,
            firstLine: firstLine
        )
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            try await importing.take(Array(rest.prefix(step)))
            rest = rest.dropFirst(step)
        }
        return try await importing.finish()
    }

    @Test(arguments: EngineKind.allCases)
    func aTenantGoesOutAndComesBackAsItWas(kind: EngineKind) async throws {
        try await kind.run { world in
            let acme = try world.partition()
            try await acme.declare(IndexDefinition("by_number", on: ["number"], unique: true))
            try await acme.fill(150)
            try await acme.create("brief", #"{"document":{"a":"}\n\"{"}}"#, expiresAt: world.clock.now + .seconds(60))
            try await acme.write([.init(try key("Ü/1 %", in: "other"), .create(content("{}")))])
            world.clock.advance(by: .seconds(1))
            let lines = try await export(acme, collection: nil)
            #expect(lines.count == 153)
            #expect(lines[0].hasPrefix(#"{"collection":"notes","schema":{"#), "\(lines[0])")
            #expect(lines.last?.hasPrefix(#"{"collection":"other","document":{"id":"Ü/1 %","#) == true)
            let text = lines.joined(separator: "\n")

            let copy = try world.partition("copy")
            let counts = try await take(text, into: copy, collection: nil, step: 1000)
            #expect(counts.imported == 152)
            #expect(counts.lines == 153)
            #expect(try await export(copy, collection: nil) == lines)
            #expect(await code { try await copy.create("x", #"{"number":7}"#) } == .uniqueViolation)
            world.clock.advance(by: .seconds(60))
            #expect(try await copy.body("brief") == nil)
            #expect(try await acme.body("brief") == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func aCollectionGoesOutAsPlainDocuments(kind: EngineKind) async throws {
        try await kind.run { world in
            let acme = try world.partition()
            try await acme.create("a", #"{"n":1}"#)
            let time = world.clock.now.description
            #expect(try await export(acme) == [#"{"id":"a","created_at":"\#(time)","updated_at":"\#(time)","n":1}"#])
            #expect(try await export(acme, collection: "nothing") == [])
            #expect(try await export(try world.partition("nobody"), collection: nil) == [])
        }
    }

    @Test(arguments: [
        (ExistingDocuments.replace, #"{"n":12}"#, 4, 0), (.skip, #"{"n":0}"#, 1, 3),
    ])
    func existingDocumentsAreReplacedOrSkipped(
        existing: ExistingDocuments,
        body: String,
        imported: Int,
        skipped: Int
    ) async throws {
        for kind in EngineKind.allCases {
            try await kind.run { world in
                let acme = try world.partition()
                try await acme.create("a", #"{"n":0}"#)
                let text = """
                    {"id":"a","n":11}
                    \u{20}
                    {"id":"a","n":12}
                    {"id":"b","n":1}
                    {"id":"b","n":\(existing == .skip ? 2 : 1)}
                    """
                let counts = try await take(text, into: acme, existing: existing)
                #expect(counts.imported == imported)
                #expect(counts.skipped == skipped)
                #expect(counts.lines == 5)
                #expect(try await acme.body("a") == body)
                #expect(try await acme.body("b") == #"{"n":1}"#)
            }
        }
    }

    /// The line that is bad, and what the error says; the collection of the file is `notes`, or none.
    static let badLines: [(line: String, collection: String?, code: StoreError.Code, reason: String)] = [
        ("{", "notes", .invalidDocument, "Line 3"), ("[]", "notes", .invalidDocument, "Line 3"),
        (#"{"n":1}"#, "notes", .invalidDocument, "Line 3 has no 'id'."),
        (#"{"id":""}"#, "notes", .invalidName, "Line 3: A document id"),
        (#"{"id":"a\u0000"}"#, "notes", .invalidName, "Line 3: A document id"),
        (#"{"id":"a","created_at":"yesterday"}"#, "notes", .invalidDocument, "Line 3 has 'yesterday' as 'created_at'"),
        (#"{"id":"a","x":NaN}"#, "notes", .invalidDocument, "Line 3"),
        (#"{"id":"a","x":1,"x":2}"#, "notes", .invalidDocument, "Line 3 is not a JSON object: a member name twice"),
        (
            #"{"id":"a","x":"# + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}", "notes",
            .tooLarge, "Line 3 nests deeper"
        ),
        (#"{"id":"a","x":""# + String(repeating: "x", count: 3 << 20) + #""}"#, "notes", .tooLarge, "Line 3"),
        (#"{"id":"a"}"#, nil, .invalidDocument, "Line 3 does not name its collection."),
        (
            #"{"collection":"../x","document":{"id":"a"}}"#, nil, .invalidName,
            "Line 3: '../x' is not a valid collection name"
        ),
        (#"{"collection":"%2e%2e","document":{"id":"a"}}"#, nil, .invalidName, "is not a valid collection name"),
        (#"{"collection":7,"document":{"id":"a"}}"#, nil, .invalidDocument, "does not name its collection"),
        (#"{"collection":"notes"}"#, nil, .invalidDocument, "Line 3 has neither a 'document' nor a 'schema'."),
        (#"{"collection":"notes","document":7}"#, nil, .invalidDocument, "Line 3"),
        (
            #"{"collection":"notes","expires_at":"soon","document":{"id":"a"}}"#, nil, .invalidDocument,
            "Line 3 has an 'expires_at' that is no RFC 3339 time."
        ),
        (
            #"{"collection":"notes","schema":{"collection":"other","indexes":[]}}"#, nil, .invalidDocument,
            "Line 3 has a 'schema' that is none of 'notes'."
        ),
    ]

    @Test(arguments: badLines)
    func aBadLineEndsTheImportThere(
        line: String,
        collection: String?,
        code: StoreError.Code,
        reason: String
    ) async throws {
        try await EngineKind.memory.run { world in
            let acme = try world.partition()
            func document(_ id: String) -> String {
                collection == nil ? #"{"collection":"notes","document":{"id":"\#(id)"}}"# : #"{"id":"\#(id)"}"#
            }
            let text = [document("1"), document("2"), line, document("4")].joined(separator: "\n")
            do {
                _ = try await take(text, into: acme, collection: collection, step: 1 << 16)
                Issue.record("The line was taken.")
            } catch let error as ImportError {
                #expect(error.cause.code == code)
                #expect(error.message.contains(reason), "\(error.message)")
                #expect(error.message.hasSuffix(" Everything before line 3 is imported, nothing from there on."))
                #expect(error.line == 3)
                #expect(error.counts.imported == 2)
            }
            #expect(try await contents(of: acme).map(\.id.description) == ["1", "2"])
        }
    }

    @Test func theFirstLineCountsOn() async throws {
        try await EngineKind.memory.run { world in
            let acme = try world.partition()
            await #expect {
                _ = try await take("{\"id\":\"1\"}\n{", into: acme, firstLine: 201)
            } throws: {
                ($0 as? ImportError)?.message.contains("Line 202") == true && ($0 as? ImportError)?.line == 202
            }
            await #expect {
                _ = try await take("{", into: try world.partition("fresh"))
            } throws: {
                ($0 as? ImportError)?.message.hasSuffix("Nothing was imported.") == true
            }
        }
    }

    /// A batch that the store refuses is named by its lines; what stands before it is there, what stands in it is not.
    @Test func aRefusedBatchIsNamed() async throws {
        try await EngineKind.memory.run { world in
            let acme = try world.partition()
            try await acme.declare(IndexDefinition("by_n", on: ["n"], unique: true))
            var lines = (0..<250).map { #"{"id":"d\#($0)","n":\#($0)}"# }
            lines[230] = #"{"id":"twice","n":3}"#
            do {
                _ = try await take(lines.joined(separator: "\n"), into: acme, step: 512)
                Issue.record("A unique index was violated.")
            } catch let error as ImportError {
                #expect(error.cause.code == .uniqueViolation)
                #expect(error.line == 201)
                #expect(error.counts.imported == 200)
                #expect(error.counts.lines == 200)
                #expect(error.message.hasPrefix("Lines 201 to 250: "), "\(error.message)")
            }
            #expect(try await contents(of: acme).count == 200)
        }
    }

    @Test func theDeclaredSchemaIsNewerThanTheImported() async throws {
        try await EngineKind.memory.run { world in
            let acme = try world.partition()
            try await acme.declare(IndexDefinition("by_new", on: ["new"]))
            let schema =
                #"{"collection":"notes","indexes":[{"name":"by_old","fields":[{"path":"old","ignores_case":false}],"unique":false}]}"#
            let line = #"{"collection":"notes","schema":\#(schema)}"#
            _ = try await take(line, into: acme, collection: nil)
            #expect(try await acme.schema(of: try CollectionName("notes"))?.indexes.map(\.name) == ["by_new"])
            let fresh = try world.partition("fresh")
            _ = try await take(line, into: fresh, collection: nil)
            #expect(try await fresh.schema(of: try CollectionName("notes"))?.indexes.map(\.name) == ["by_old"])
        }
    }

    @Test func pagesStaySmallWhateverTheDocuments() async throws {
        try await EngineKind.memory.run { world in
            let acme = try world.partition()
            let large = String(repeating: "x", count: 1 << 20)
            for number in 0..<20 { try await acme.create("a\(number)", #"{"n":\#(number)}"#) }
            for number in 0..<20 { try await acme.create("b\(number)", #"{"text":"\#(large)"}"#) }
            let export = TenantExport(acme, collection: try CollectionName("notes"))
            var sizes: [Int] = []
            while let chunk = try await export.next() { sizes.append(chunk.count) }
            #expect(await export.lines == 40)
            #expect(sizes.max() ?? 0 < 34 << 20)
            #expect(sizes.count > 5)
        }
    }

    @Test(
        arguments: [
            (["a\nb"], ["a"], "b"), (["a", "\n", "b\n"], ["a", "b"], nil), (["", "\n\n"], ["", ""], nil), ([], [], nil),
            (["ab", "cd\nef", "g\n"], ["abcd", "efg"], nil), (["a\r\n"], ["a\r"], nil),
        ] as [([String], [String], String?)]
    )
    func linesAreCut(chunks: [String], lines: [String], rest: String?) throws {
        var splitter = LineSplitter()
        var found: [String] = []
        for chunk in chunks {
            splitter.append(Array(chunk.utf8))
            while let line = try splitter.next() { found.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(found == lines)
        #expect(splitter.rest().map { String(decoding: $0, as: UTF8.self) } == rest)
        #expect(splitter.rest() == nil)
    }

    @Test func aLineWithoutAnEndIsRefusedInTime() {
        var splitter = LineSplitter()
        var taken = 0
        while taken < LineSplitter.lineBytesMax + (1 << 20) {
            splitter.append([UInt8](repeating: 0x61, count: 1 << 16))
            taken += 1 << 16
            do throws(StoreError) {
                #expect(try splitter.next() == nil)
            } catch {
                #expect(error.code == .tooLarge)
                #expect(taken <= LineSplitter.lineBytesMax + (1 << 16))
                return
            }
        }
        Issue.record("Nothing was refused.")
    }
}
