extension Command {
    /// What `postern NAME --help` prints.
    var help: String {
        var text = details + "\n\nUSAGE: postern \(usage)\n"
        if !actions.isEmpty { text += "\n" + Self.actionList(actions) }
        let entries = words.filter { !$0.summary.isEmpty }.map { ($0.name, $0.summary) } + options.map(\.entry)
        if !entries.isEmpty { text += "\n" + Self.list(entries) }
        return String(text.dropLast())
    }

    private var usage: String {
        var parts = [name]
        if !actions.isEmpty { parts.append("ACTION") }
        parts += words.map(\.usage)
        if !options.isEmpty { parts.append("[OPTIONS]") }
        return parts.joined(separator: " ")
    }

    private static func actionList(_ actions: [Action]) -> String {
        var text = ""
        let width = columnWidth(actions.map { $0.lines[0] })
        for (index, action) in actions.enumerated() {
            if let heading = action.heading { text += (index == 0 ? "" : "\n") + heading + "\n" }
            // The second line of the one column stands beside that of the other.
            let summaries = action.summary.split(separator: "\n").map(String.init)
            for row in 0..<max(action.lines.count, summaries.count) {
                let name = row < action.lines.count ? (row == 0 ? "" : "     ") + action.lines[row] : ""
                text += line(name, row < summaries.count ? summaries[row] : "", width)
            }
        }
        return text
    }

    /// Names and what they mean, in two columns.
    static func list(_ entries: [(name: String, summary: String)]) -> String {
        let width = columnWidth(entries.map(\.name))
        return entries.map { line($0.name, $0.summary, width) }.joined()
    }

    /// The first column is as wide as its widest entry, but for those that are so wide that they have a line to themselves.
    private static func columnWidth(_ names: [String]) -> Int {
        names.map(\.count).filter { $0 <= columnWidthMax }.max() ?? 0
    }

    private static let columnWidthMax = 44

    private static func line(_ name: String, _ summary: String, _ width: Int) -> String {
        guard name.count <= width else { return "  \(name)\n" + line("", summary, width) }
        let padding = summary.isEmpty ? "" : String(repeating: " ", count: width - name.count + 2)
        return "  \(name)\(padding)\(summary)\n"
    }
}

extension Command.Word {
    /// `NAME`, `[NAME]`, `NAME…`.
    var usage: String {
        let text = repeats ? name + "…" : name
        return isOptional ? "[\(text)]" : text
    }
}

extension Command.Action {
    /// `messages QUEUE --tenant T`, in one line or more.
    var lines: [String] {
        let text = ([name] + words.map(\.usage) + (usage.isEmpty ? [] : [usage])).joined(separator: " ")
        return text.split(separator: "\n").map(String.init)
    }
}

extension Command.Option {
    /// `--port N` and what it is for.
    var entry: (name: String, summary: String) {
        ("--\(name)" + (short.map { ", -\($0)" } ?? "") + (value.map { " \($0)" } ?? "") + (isList ? "…" : ""), summary)
    }
}
