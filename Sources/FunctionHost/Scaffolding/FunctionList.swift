/// The list of functions in an app's `Package.swift`, as `postern init` writes it.
enum FunctionList {
    private static let beginning = "let functions = ["

    /// The text with one more function; nil when it holds no such list, as in a package that somebody else wrote.
    static func adding(_ folder: String, to text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.firstIndex(where: { $0.hasPrefix(beginning) }) else { return nil }
        if lines[first] == "let functions = [String]()" || lines[first] == "let functions = []" {
            lines[first] = "\(beginning)\n    \"\(folder)\",\n]"
            return lines.joined(separator: "\n")
        }
        guard lines[first] == beginning, let last = lines[first...].firstIndex(of: "]") else { return nil }
        if last > first + 1, !lines[last - 1].hasSuffix(",") { lines[last - 1] += "," }
        lines.insert("    \"\(folder)\",", at: last)
        return lines.joined(separator: "\n")
    }
}
