import Testing

/// What the README shows is what is there.
struct ReadmeTests {
    private let readme: String

    init() throws { readme = try #require(readText(Workplace.root + "/README.md")) }

    @Test func theFunctionIsTheOneInTheRepository() throws {
        let source = try #require(readText(Workplace.root + "/Tests/Apps/hello/hello/HelloHello.swift"))
        #expect(readme.contains("```swift\n\(source)```\n"))
    }

    @Test(arguments: [
        "scripts/start", "scripts/test", "docs/ARCHITECTURE.md", "docs/configuration.md", "docs/portal.md",
    ])
    func whatItNamesExists(path: String) {
        #expect(readme.contains(path))
        #expect(readText("\(Workplace.root)/\(path)") != nil)
    }
}
