/// Something that keeps one function from running, or that its author should know.
package struct FunctionProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The function.
    package var functionName: String
    /// The file to mend.
    package var file: String
    /// Where in the file: `bindings[0].schedule`; nil when the whole file is meant.
    package var key: String?
    /// What is wrong and what to do, in Azure's words where Azure has some.
    package var reason: String

    /// Makes a problem.
    package init(functionName: String, file: String, key: String? = nil, reason: String) {
        self.functionName = functionName
        self.file = file
        self.key = key
        self.reason = reason
    }

    /// File, key and reason in one line.
    package var description: String { "\(file): \(key.map { "\($0): " } ?? "")\(reason)" }

    /// The line that Azure logs at the start for all problems of one function.
    package static func logLine(functionName: String, problems: [FunctionProblem]) -> String {
        let own = problems.filter { $0.functionName == functionName }
        return "The '\(functionName)' function is in error: \(own.map(\.description).joined(separator: " "))"
    }
}
