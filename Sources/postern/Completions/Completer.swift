/// Tells how a command line can go on, from the command table.
///
/// The shells' scripts only ask: so what they offer is what this program understands, also after an update.
struct Completer {
    /// What may stand where the line ends.
    enum Answer: Equatable {
        /// One of these, each with what it is, or with nothing.
        case words([Candidate])
        /// A path.
        case file
        /// The path of a folder.
        case folder
    }

    /// A word that may come.
    struct Candidate: Equatable {
        var text: String
        var summary = ""
    }

    let commands: [Command]
    /// The names of the functions in the app that `--app` names, nil for the one around the current folder.
    let functionNames: (_ app: String?) -> [String]

    /// How the last of these words, which may be empty, can go on.
    ///
    /// - Parameter words: what stands behind the program's name, up to the cursor.
    func answer(to words: [String]) -> Answer {
        guard let prefix = words.last else { return .words([]) }
        guard words.count > 1 else {
            let names = commands.map { Candidate(text: $0.name, summary: $0.summary) }
            return Self.matching(prefix, names + [Candidate(text: "--help"), Candidate(text: "--version")])
        }
        if words[0] == "help" || words[0] == "--help" {
            return Self.matching(prefix, commands.map { Candidate(text: $0.name, summary: $0.summary) })
        }
        guard let command = commands.first(where: { $0.name == words[0] }) else { return .words([]) }
        return answer(command, before: Array(words[1..<(words.count - 1)]), prefix)
    }

    private func answer(_ command: Command, before words: [String], _ prefix: String) -> Answer {
        let line = Line(command, words)
        let app = line.values["app"]
        if let option = line.openOption { return values(option.completion, prefix, app: app) }
        if !line.optionsAreOver, prefix.hasPrefix("--"), let equals = prefix.firstIndex(of: "=") {
            let name = String(prefix[..<equals].dropFirst(2))
            guard let option = command.options.first(where: { $0.name == name && $0.value != nil }) else {
                return .words([])
            }
            return values(option.completion, prefix, app: app, after: String(prefix[...equals]))
        }
        if !line.optionsAreOver, prefix.hasPrefix("-") { return options(command, line, prefix) }
        if let option = line.openList { return values(option.completion, prefix, app: app) }
        return word(command, line.words, prefix, app: app)
    }

    private func options(_ command: Command, _ line: Line, _ prefix: String) -> Answer {
        let options = command.options.filter { !line.given.contains($0.name) || $0.isList }
        let candidates = options.map { Candidate(text: "--\($0.name)", summary: $0.summary) }
        return Self.matching(prefix, candidates + [Candidate(text: "--help", summary: "Show the usage")])
    }

    private func word(_ command: Command, _ given: [String], _ prefix: String, app: String?) -> Answer {
        guard !command.actions.isEmpty else { return word(command.words, given.count, prefix, app: app) }
        guard let name = given.first else {
            return Self.matching(prefix, command.actions.map { Candidate(text: $0.name, summary: $0.firstLine) })
        }
        guard let action = command.actions.first(where: { $0.name == name }) else { return .words([]) }
        return word(action.words, given.count - 1, prefix, app: app)
    }

    private func word(_ words: [Command.Word], _ place: Int, _ prefix: String, app: String?) -> Answer {
        if place < words.count { return values(words[place].completion, prefix, app: app) }
        guard let last = words.last, last.repeats else { return .words([]) }
        return values(last.completion, prefix, app: app)
    }

    private func values(
        _ completion: Command.Completion,
        _ prefix: String,
        app: String?,
        after beginning: String = ""
    ) -> Answer {
        // bash takes an equals sign for a word of its own.
        let prefix = prefix == "=" ? "" : prefix
        switch completion {
        case .none: return .words([])
        case .file: return .file
        case .folder: return .folder
        case .words(let words):
            return Self.matching(prefix, words.map { Candidate(text: beginning + $0) })
        case .functions:
            return Self.matching(prefix, functionNames(app).map { Candidate(text: beginning + $0) })
        }
    }

    private static func matching(_ prefix: String, _ candidates: [Candidate]) -> Answer {
        .words(candidates.filter { $0.text.hasPrefix(prefix) })
    }
}

extension Command.Action {
    fileprivate var firstLine: String { String(summary.prefix { $0 != "\n" }) }
}

/// The part of a command line before the word that is being written.
private struct Line {
    /// The words that are neither options nor their values.
    var words: [String] = []
    /// The options that are there.
    var given: Set<String> = []
    /// Their values.
    var values: [String: String] = [:]
    /// The option whose value comes next.
    var openOption: Command.Option?
    /// The list whose values may go on.
    var openList: Command.Option?
    /// True behind `--`.
    var optionsAreOver = false

    init(_ command: Command, _ words: [String]) {
        for word in words { read(word, command) }
    }

    private mutating func read(_ word: String, _ command: Command) {
        if let option = openOption {
            guard word != "=" else { return }
            values[option.name] = word
            openOption = nil
            openList = option.isList ? option : nil
        } else if optionsAreOver {
            words.append(word)
        } else if word == "--" {
            optionsAreOver = true
            openList = nil
        } else if word.hasPrefix("--") {
            readOption(word.dropFirst(2), command)
        } else if openList == nil {
            words.append(word)
        }
    }

    private mutating func readOption(_ text: Substring, _ command: Command) {
        openList = nil
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = command.options.first(where: { $0.name == parts[0] }) else { return }
        given.insert(option.name)
        guard option.value != nil else { return }
        if parts.count == 2 { values[option.name] = parts[1] } else { openOption = option }
    }
}
