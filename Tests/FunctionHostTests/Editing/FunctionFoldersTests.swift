import FunctionKit
import Glibc
import Testing

@testable import FunctionHost

/// Function folders on a real disk: written as a whole, removed as a whole, and nothing beside them touched.
struct FunctionFoldersTests {
    private let app: TemporaryFolder
    private let data: TemporaryFolder
    private let folders: FunctionFolders

    init() throws {
        app = try TemporaryFolder()
        data = try TemporaryFolder()
        folders = FunctionFolders(root: app.path, dataFolder: data.path)
        try app.write("{}", to: "host.json")
    }

    private func upload(_ text: String) throws -> FunctionUpload { try FunctionUpload(Array(text.utf8)) }

    @Test func aNewFunctionIsWritten() async throws {
        let body = #"{"config": {"bindings": []}, "files": {"a.txt": "one", "lib/b.txt": "two"}, "test_data": "t"}"#
        let written = try await folders.write(try upload(body), to: "Hello")
        #expect(written.folder == "Hello")
        #expect(
            app.tree() == [
                "Hello/", "Hello/a.txt", "Hello/function.json", "Hello/lib/", "Hello/lib/b.txt", "host.json",
            ]
        )
        #expect(app.read("Hello/function.json") == "{\n  \"bindings\": []\n}\n")
        #expect(app.read("Hello/lib/b.txt") == "two")
        #expect(data.read("sampledata/hello.dat") == "t")
        #expect(await folders.testData(of: "HELLO") == "t")
    }

    @Test(arguments: ["hello", "Functions/hello"])
    func anExistingFunctionKeepsWhatIsNotNamed(folder: String) async throws {
        try app.write(#"{"old": 1}"#, to: folder + "/function.json")
        try app.write("source", to: folder + "/Hello.swift")
        let written = try await folders.write(try upload(#"{"files": {"a.txt": "one"}}"#), to: "HELLO")
        #expect(written == FunctionFolders.Written(folder: folder, config: Array(#"{"old": 1}"#.utf8)))
        _ = try await folders.write(try upload(#"{"files": {"a.txt": "two"}, "config": {}}"#), to: "hello")
        #expect(app.read(folder + "/function.json") == "{}\n")
        #expect(app.read(folder + "/Hello.swift") == "source")
        #expect(app.read(folder + "/a.txt") == "two")
        #expect(!app.tree().contains { $0.hasSuffix(".part") })
    }

    @Test func aNewFunctionNeedsItsDescriptor() async throws {
        let upload = try upload(#"{"files": {"a.txt": "one"}}"#)
        let error = await #expect(throws: EditingError.self) { _ = try await folders.write(upload, to: "hello") }
        #expect(error?.description == "A new function needs 'config', or a file 'function.json'.")
        #expect(app.tree() == ["host.json"])
    }

    @Test(arguments: ["", "7x", "host", "HOST", "a/b", "..", "a b", "ü", String(repeating: "a", count: 129)])
    func aBadNameIsRefused(name: String) async throws {
        let upload = try upload(#"{"config": {}}"#)
        let error = await #expect(throws: EditingError.self) { _ = try await folders.write(upload, to: name) }
        #expect(error?.description == "\(name) is not a valid function name")
        #expect(try await !folders.remove(name))
        #expect(app.tree() == ["host.json"])
    }

    @Test func linksAreNotFollowed() async throws {
        let other = try TemporaryFolder()
        try other.write("mine", to: "a.txt")
        try app.write("{}", to: "hello/function.json")
        symlink(other.path, app.path + "/hello/out")
        symlink(other.path + "/a.txt", app.path + "/hello/a.txt")
        let through = try upload(#"{"files": {"b.txt": "b", "out/a.txt": "yours"}}"#)
        await #expect(throws: EditingError.self) { _ = try await folders.write(through, to: "hello") }
        #expect(app.read("hello/b.txt") == nil, "Nothing is written when one file cannot be")
        _ = try await folders.write(try upload(#"{"files": {"a.txt": "yours"}}"#), to: "hello")
        #expect(app.read("hello/a.txt") == "yours")
        #expect(try await folders.remove("hello"))
        #expect(other.tree() == ["a.txt"])
        #expect(other.read("a.txt") == "mine")
    }

    @Test func aFileInTheWayIsTold() async throws {
        try app.write("{}", to: "hello/function.json")
        try app.write("x", to: "hello/lib")
        let upload = try upload(#"{"config": {"new": 1}, "files": {"lib/a.txt": "a", "b/c/d.txt": "d"}}"#)
        let error = await #expect(throws: EditingError.self) { _ = try await folders.write(upload, to: "hello") }
        #expect(error?.description.contains("it is not a folder") == true)
        #expect(app.tree() == ["hello/", "hello/function.json", "hello/lib", "host.json"])
        #expect(app.read("hello/function.json") == "{}")
    }

    @Test func aFunctionIsRemoved() async throws {
        try app.write("{}", to: "Functions/Hello/function.json")
        try app.write("x", to: "Functions/Hello/a/b/c.txt")
        try app.write("x", to: "Functions/other/readme.txt")
        try data.write("t", to: "sampledata/hello.dat")
        #expect(try await folders.remove("HELLO"))
        #expect(app.tree() == ["Functions/", "Functions/other/", "Functions/other/readme.txt", "host.json"])
        #expect(data.tree() == ["sampledata/"])
        #expect(try await !folders.remove("hello"))
        #expect(try await !folders.remove("other"), "A folder without a function.json is no function")
    }

    @Test func aFolderThatIsNoFunctionIsLeftAlone() async throws {
        try app.write("x", to: "Functions/hello/function.json")
        try app.write("x", to: "data/tenants/log.jsonl")
        let before = app.tree()
        for name in ["Functions", "data"] {
            let upload = try upload(#"{"config": {}}"#)
            let error = await #expect(throws: EditingError.self) { _ = try await folders.write(upload, to: name) }
            #expect(error?.response.status == .conflict)
            #expect(try await !folders.remove(name))
        }
        #expect(app.tree() == before)
        // Even where somebody has made functions of them.
        let own = FunctionFolders(root: app.path, dataFolder: app.path + "/data/host")
        try app.write("{}", to: "Functions/function.json")
        try app.write("{}", to: "data/function.json")
        try app.write("{}", to: "data/host/x")
        for name in ["Functions", "data"] {
            let error = await #expect(throws: EditingError.self) { _ = try await own.remove(name) }
            #expect(error?.description.contains("holds more than a function") == true)
        }
        #expect(app.read("data/tenants/log.jsonl") == "x")
        try app.write("{}", to: "old/keep/x")
        #expect(try await folders.write(try upload(#"{"config": {}}"#), to: "fresh").folder == "fresh")
    }

    @Test func testDataHasALimit() async throws {
        #expect(await folders.testData(of: "hello") == "")
        try data.write(String(repeating: "x", count: 4096), to: "sampledata/hello.dat")
        #expect(await folders.testData(of: "hello")?.utf8.count == 4096)
        try data.write(String(repeating: "x", count: 4097), to: "sampledata/hello.dat")
        #expect(await folders.testData(of: "hello") == nil)
    }

    @Test func aFolderThatIsNotThereIsReadOnly() async throws {
        let folders = FunctionFolders(root: app.path + "/none", dataFolder: data.path)
        let upload = try upload(#"{"config": {}}"#)
        let error = await #expect(throws: EditingError.self) { _ = try await folders.write(upload, to: "hello") }
        #expect(
            error?.description == "Your app is currently in read only mode. Cannot create or update functions."
        )
        #expect(error?.response.body.bytes == Array(error?.description.utf8 ?? "".utf8))
    }
}
