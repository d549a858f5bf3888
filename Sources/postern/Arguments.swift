/// The words behind a command's name, split into options and the rest.
///
/// An option is `--name value` or `--name=value`, a flag `--name`; `--` ends the options. Repeating an option that is not a
/// list is a mistake, as is a name that the command does not know.
struct Arguments {
    /// What a command understands.
    struct Grammar {
        /// Options with one value.
        var options: Set<String> = []
        /// Options with one or more values, up to the next option.
        var lists: Set<String> = []
        /// Options without a value.
        var flags: Set<String> = []
        /// What stands for an option's name: `-p` for `port`.
        var shortNames: [String: String] = [:]
    }

    private(set) var words: [String] = []
    private var values: [String: [String]] = [:]
    private var flags: Set<String> = []

    /// Reads a command's words.
    ///
    /// - Throws: ``UsageError`` that names the word which is not understood.
    init(_ arguments: some Sequence<String>, grammar: Grammar) throws {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                words += rest
                break
            }
            if argument.hasPrefix("--") {
                try readOption(String(argument.dropFirst(2)), &rest, grammar)
            } else if let name = grammar.shortNames[argument] {
                try readOption(name, &rest, grammar)
            } else {
                words.append(argument)
            }
        }
    }

    private mutating func readOption(_ text: String, _ rest: inout ArraySlice<String>, _ grammar: Grammar) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts[0]
        if grammar.flags.contains(name), parts.count == 1 {
            flags.insert(name)
        } else if grammar.options.contains(name) {
            guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                throw UsageError("The option '--\(name)' needs a value.")
            }
            guard values.updateValue([value], forKey: name) == nil else {
                throw UsageError("The option '--\(name)' is given twice.")
            }
        } else if grammar.lists.contains(name) {
            var list = parts.count == 2 ? [parts[1]] : []
            while parts.count == 1, let next = rest.first, !next.hasPrefix("--") {
                list.append(next)
                rest = rest.dropFirst()
            }
            guard !list.isEmpty else { throw UsageError("The option '--\(name)' needs a value.") }
            values[name, default: []] += list
        } else {
            throw UsageError("The option '--\(name)' is not known.")
        }
    }

    /// The value of an option; nil when it is not given.
    subscript(option: String) -> String? { values[option]?.first }

    /// The values of a list option.
    func list(_ option: String) -> [String]? { values[option] }

    /// Whether a flag is given.
    func has(_ flag: String) -> Bool { flags.contains(flag) }

    /// The value of an option as a number within a range.
    func number(_ option: String, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
        guard let text = self[option] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "'\(text)' is not a valid value for '--\(option)'. Use a number from \(range.lowerBound) to "
                    + "\(range.upperBound)."
            )
        }
        return number
    }
}

/// The command line is not understood.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
