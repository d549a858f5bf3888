/// What a new function begins as.
package enum FunctionTemplate: String, Sendable, CaseIterable {
    /// Answers requests.
    case http
    /// Runs on a schedule.
    case timer
    /// Receives a queue's messages.
    case queue

    /// Finds a template by its name.
    ///
    /// - Throws: ``ScaffoldError`` that lists the templates.
    package static func named(_ name: String) throws(ScaffoldError) -> FunctionTemplate {
        guard let template = FunctionTemplate(rawValue: name) else {
            throw ScaffoldError(.usage, "'\(name)' is not a template. Use http, timer or queue.")
        }
        return template
    }

    /// The function's files by their paths below the app's root: `function.json`, the source, the test.
    ///
    /// - Parameter authLevel: whom an HTTP function answers; the others have none.
    /// - Throws: ``ScaffoldError`` when the name makes a route that the host keeps for itself.
    func files(for name: NewFunctionName, authLevel: String) throws(ScaffoldError) -> [NewFile] {
        let text: FunctionText
        switch self {
        case .http: text = try .http(name, authLevel: authLevel)
        case .timer: text = .timer(name)
        case .queue: text = .queue(name)
        }
        let folder = "\(AppFolder.functionsFolder)/\(name.folder)"
        return [
            NewFile(path: "\(folder)/function.json", text: text.descriptor),
            NewFile(path: "\(folder)/\(name.module).swift", text: text.source),
            NewFile(path: "\(testsFolder)/\(name.module)Tests.swift", text: text.test),
        ]
    }
}

/// Where the tests of an app's functions are.
let testsFolder = "Tests/FunctionTests"

/// A file that is to be made.
package struct NewFile: Sendable, Equatable {
    /// The path below the app's root.
    package var path: String
    /// The content; ends with a line feed.
    package var text: String
}

/// The texts of a new function.
struct FunctionText {
    var descriptor: String
    var source: String
    var test: String
}
