import FunctionKit
import Testing

@testable import FunctionHost

/// Apps and functions that are written, and what stays as it was.
struct AppScaffoldTests {
    @Test func anAppIsWhole() throws {
        let files = MemoryScaffoldFiles()
        let paths = try AppScaffold(root: "/work/my-app", files: files).makeApp(posternFolder: "/opt/\"postern\"")
        #expect(
            paths == [
                "Package.swift", "host.json", "local.settings.json", ".gitignore", "README.md",
                "Functions/hello/function.json", "Functions/hello/Hello.swift", "Tests/FunctionTests/HelloTests.swift",
            ]
        )
        #expect(Set(files.texts.keys) == Set(paths.map { "/work/my-app/" + $0 }))
        let package = try #require(files.texts["/work/my-app/Package.swift"])
        #expect(package.contains("let functions = [\n    \"hello\",\n]\n"))
        #expect(package.contains(#"?? "/opt/\"postern\"""#))
        #expect(package.contains(#"name: "my-app","#))
        for text in files.texts.values { #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n")) }
    }

    @Test(arguments: FunctionTemplate.allCases) func whatATemplateDeclaresIsInOrder(template: FunctionTemplate) throws {
        let made = try template.files(for: NewFunctionName("tidy-up"), authLevel: "function")
        let descriptor = try #require(made.first { $0.path == "Functions/tidy-up/function.json" })
        let app = try MemoryAppFiles(functions: ["Functions/tidy-up": descriptor.text]).load()
        #expect(app.problems.isEmpty)
        #expect(app.functions.map(\.name) == ["tidy-up"])
        #expect(app.functions.first?.entryPoint.description == "TidyUp.TidyUp")
        #expect(app.functions.first?.scriptFile == "libTidyUp.so")
        #expect(app.functions.first?.trigger.typeName == template.rawValue + "Trigger")
    }

    @Test(arguments: ["FunctionKit", "functiontesting"]) func aFolderThatThePackageManagerMixesUpIsRefused(name: String)
    {
        let files = MemoryScaffoldFiles()
        #expect(throws: ScaffoldError.self) {
            try AppScaffold(root: "/work/\(name)", files: files).makeApp(posternFolder: "/opt")
        }
        #expect(files.texts.isEmpty)
    }

    @Test func nothingIsOverwritten() throws {
        let files = MemoryScaffoldFiles(["/app/README.md": "mine"])
        let error = #expect(throws: ScaffoldError.self) {
            try AppScaffold(root: "/app", files: files).makeApp(posternFolder: "/opt")
        }
        #expect(
            error?.description.hasPrefix("'README.md' in '/app' would be overwritten. Nothing was written;") == true
        )
        #expect(files.texts == ["/app/README.md": "mine"])
    }

    @Test(arguments: 0..<8) func aFailureLeavesNothingBehind(failing: Int) {
        let files = MemoryScaffoldFiles(failingAt: failing)
        #expect(throws: ScaffoldError.self) {
            try AppScaffold(root: "/app", files: files).makeApp(posternFolder: "/opt")
        }
        #expect(files.texts.isEmpty)
    }

    @Test func aFunctionIsAddedToThePackage() throws {
        let list = "let functions = [\n    \"hello\"\n]\n"
        let files = MemoryScaffoldFiles(["/app/host.json": "{}", "/app/Package.swift": list])
        let made = try AppScaffold(root: "/app", files: files).makeFunction(
            NewFunctionName("tidy-up"),
            template: .timer
        )
        #expect(made.isListed)
        #expect(files.texts["/app/Package.swift"] == "let functions = [\n    \"hello\",\n    \"tidy-up\",\n]\n")
        #expect(files.texts.count == 5)
    }

    @Test func aPackageThatIsNotOursIsLeftAlone() throws {
        let files = MemoryScaffoldFiles(["/app/host.json": "{}", "/app/Package.swift": "let functions = [a, b]\n"])
        let made = try AppScaffold(root: "/app", files: files).makeFunction(
            NewFunctionName("tidy-up"),
            template: .queue
        )
        #expect(!made.isListed)
        #expect(files.texts["/app/Package.swift"] == "let functions = [a, b]\n")
    }

    @Test func aFunctionNeedsAnApp() throws {
        let files = MemoryScaffoldFiles()
        let error = #expect(throws: ScaffoldError.self) {
            try AppScaffold(root: "/app", files: files).makeFunction(NewFunctionName("x1"), template: .http)
        }
        #expect(error?.kind == .configuration)
        #expect(error?.description.hasPrefix("Unable to find project root.") == true)
        #expect(files.texts.isEmpty)
    }

    @Test func aPackageThatCannotBeWrittenTakesTheFunctionBack() throws {
        let texts = ["/app/host.json": "{}", "/app/Package.swift": "let functions = []\n"]
        let files = MemoryScaffoldFiles(texts, failingAt: 3)
        #expect(throws: ScaffoldError.self) {
            try AppScaffold(root: "/app", files: files).makeFunction(NewFunctionName("x1"), template: .http)
        }
        #expect(files.texts == texts)
    }

    @Test(arguments: ["admin-x", "administrators", "RuntimeInfo"]) func aRouteOfTheHostsIsRefused(name: String) throws {
        let error = #expect(throws: ScaffoldError.self) {
            try FunctionTemplate.http.files(for: NewFunctionName(name), authLevel: "function")
        }
        #expect(error?.kind == .usage)
        #expect(try FunctionTemplate.timer.files(for: NewFunctionName(name), authLevel: "function").count == 3)
    }

    @Test func anUnknownTemplateNamesTheKnownOnes() {
        let error = #expect(throws: ScaffoldError.self) { try FunctionTemplate.named("cobol") }
        #expect(error?.description == "'cobol' is not a template. Use http, timer or queue.")
    }
}

/// Files in memory; the write of a number fails.
private final class MemoryScaffoldFiles: ScaffoldFiles {
    private struct State {
        var texts: [String: String]
        var writes = 0
    }

    private let state: LockedState<State>
    private let failingAt: Int?

    init(_ texts: [String: String] = [:], failingAt: Int? = nil) {
        state = LockedState(State(texts: texts))
        self.failingAt = failingAt
    }

    var texts: [String: String] { state.withLock { $0.texts } }

    func exists(_ path: String) -> Bool { texts[path] != nil }

    func text(_ path: String) -> String? { texts[path] }

    func create(_ path: String, text: String) throws(ScaffoldError) { try write(path, text) }

    func replace(_ path: String, with text: String) throws(ScaffoldError) { try write(path, text) }

    func remove(_ path: String) { state.withLock { $0.texts[path] = nil } }

    private func write(_ path: String, _ text: String) throws(ScaffoldError) {
        let isWritten = state.withLock { state in
            defer { state.writes += 1 }
            guard state.writes != failingAt else { return false }
            state.texts[path] = text
            return true
        }
        if !isWritten { throw ScaffoldError(.configuration, "The disk is full.") }
    }
}
