/// What a command that only looks prints, and how it ends.
package struct CommandOutput: Sendable, Equatable {
    /// The text for standard output; ends with a newline unless empty.
    package var standardOutput = ""
    /// The text for standard error; ends with a newline unless empty.
    package var standardError = ""
    /// The exit code: 0, 64 for bad usage, 78 for bad configuration (sysexits.h).
    package var exitCode: Int32 = 0

    /// Makes an outcome.
    package init(standardOutput: String = "", standardError: String = "", exitCode: Int32 = 0) {
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.exitCode = exitCode
    }

    /// Bad usage: exit 64 with the reason.
    package static func usage(_ reason: String) -> CommandOutput {
        CommandOutput(standardError: reason + "\n", exitCode: 64)
    }

    /// Bad configuration: exit 78 with the reasons.
    package static func configuration(_ reasons: [String]) -> CommandOutput {
        CommandOutput(standardError: reasons.map { $0 + "\n" }.joined(), exitCode: 78)
    }
}

/// A table of texts in columns.
struct TextTable {
    var header: [String]
    var rows: [[String]] = []

    /// The header and the rows, columns padded to the widest cell and two spaces apart; empty without rows.
    var text: String {
        guard !rows.isEmpty else { return "" }
        let lines = [header] + rows
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                guard column < line.count - 1 else { break }
                text += String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }
}

extension JSONValue {
    /// A text, or null.
    static func text(_ text: String?) -> JSONValue { JSONValue(text.map(Content.string) ?? .null) }

    /// A boolean.
    static func flag(_ flag: Bool) -> JSONValue { JSONValue(.bool(flag)) }

    /// A list.
    static func list(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }

    /// An object, members in the order given.
    static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        JSONValue(.object(members.map { Member(name: $0.key, value: $0.value) }))
    }
}
