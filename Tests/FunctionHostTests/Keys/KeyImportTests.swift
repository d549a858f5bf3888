import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// An import is all or nothing, tells what it does and shows no value.
struct KeyImportTests {
    private let app = TestApp()

    private func open() async throws -> KeyStore {
        try await KeyStore.open(app.store.tenant(.host), random: app.random)
    }

    private let files = [
        "host.json":
            #"{"masterKey": {"value": "secret-m"}, "functionKeys": [{"name": "Default", "value": "secret-f"}]}"#,
        "hello.json": #"{"keys": [{"name": "default", "value": "secret-h"}, {"name": "b", "value": "secret-b"}]}"#,
    ].mapValues { Array($0.utf8) }

    @Test func keysAreTakenOver() async throws {
        let keys = try await open()
        let before = keys.ring.all
        let plan = try await keys.importKeys(from: files, isDryRun: true)
        #expect(keys.ring.all == before)
        #expect(!plan.isDone)
        #expect(plan.problems.isEmpty)
        let lines = plan.keys.map { "\($0.file) \($0.scope)/\($0.name) \($0.action)" }
        #expect(
            lines == [
                "hello.json function.hello/default create", "hello.json function.hello/b create",
                "host.json master/master replace", "host.json host.function/default replace",
            ]
        )
        #expect(!"\(plan)".contains("secret"))
        let done = try await keys.importKeys(from: files, isDryRun: false)
        #expect(done.isDone)
        #expect(done.keys == plan.keys)
        for ring in [keys.ring, try await open().ring] {
            #expect(ring.access("secret-m", to: "hello") == .admin)
            #expect(ring.access("secret-f", to: "other") == .function)
            #expect(ring.access("secret-h", to: "Hello") == .function)
            #expect(ring.access("secret-h", to: "other") == .anonymous)
            #expect(ring.all.count == 4)
            #expect(ring.access(before[0].value, to: "hello") == .anonymous, "The old values count no more")
        }
        let again = try await keys.importKeys(from: files, isDryRun: false)
        #expect(again.keys.allSatisfy { $0.action == .keep })
        #expect(again.isDone)
    }

    @Test func anEmptyListMakesNoDefaultKey() async throws {
        let keys = try await open()
        let result = try await keys.importKeys(from: ["hello.json": Array(#"{"keys": []}"#.utf8)], isDryRun: false)
        #expect(result.isDone)
        #expect(result.keys.isEmpty)
    }

    @Test func filesThatAreNoneAreSkipped() async throws {
        var files = files
        for name in ["README.md", "hello.snapshot.2024-01-01.json", "7x.json", ".json"] {
            files[name] = Array("x".utf8)
        }
        let result = try await open().importKeys(from: files, isDryRun: false)
        #expect(result.isDone)
        #expect(
            result.skipped == [
                ".json: '' is not a valid function name.", "7x.json: '7x' is not a valid function name.",
                "README.md: It is no key file.",
                "hello.snapshot.2024-01-01.json: It is a snapshot of keys that Azure could not decrypt.",
            ]
        )
    }

    @Test(arguments: [
        (#"{"keys": 1}"#, "other.json: Invalid secrets file format."),
        (#"{"keys": [{"name": "a", "value": ""}]}"#, "other.json: a: Invalid key value"),
        (
            #"{"keys": [{"name": "_master", "value": "x"}]}"#,
            "other.json: _master: '_master' is the master key. Reach it as /admin/host/systemkeys/_master."
        ),
        (
            #"{"keys": [{"name": "a", "value": "x"}, {"name": "A", "value": "y"}]}"#,
            "other.json: The key 'A' is there twice."
        ),
        (
            #"{"keys": [\#((0..<101).map { #"{"name": "k\#($0)", "value": "v"}"# }.joined(separator: ","))]}"#,
            "'function.other' has 100 keys, the most it may have. Delete one first."
        ),
    ])
    func oneBadFileStopsTheImport(text: String, words: String) async throws {
        let keys = try await open()
        let before = keys.ring.all
        let result = try await keys.importKeys(
            from: files.merging(["other.json": Array(text.utf8)]) { $1 },
            isDryRun: false
        )
        #expect(result.problems == [words])
        #expect(!result.isDone)
        #expect(keys.ring.all == before)
        #expect(try await open().ring.all == before)
    }

    @Test func tooManyKeysAreRefused() async throws {
        var files: [String: [UInt8]] = [:]
        for number in 0..<901 { files["f\(number).json"] = Array(#"{"key": "v"}"#.utf8) }
        let result = try await open().importKeys(from: files, isDryRun: false)
        #expect(result.problems == ["An import takes 900 keys, and these are 901. Import some files first."])
    }
}
