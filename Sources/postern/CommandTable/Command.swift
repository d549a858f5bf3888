/// A command of `postern`, and the one place that says what it takes: its parser, its help and what the shells complete are
/// made of this.
struct Command: Sendable {
    /// How a value or word can be completed.
    enum Completion: Sendable {
        /// By nobody but the writer.
        case none
        /// A path.
        case file
        /// The path of a folder.
        case folder
        /// One of some words.
        case words([String])
        /// The name of a function of the app.
        case functions
    }

    /// A word behind the command's or the action's name.
    struct Word: Sendable {
        /// What stands for it in the help: `NAME`.
        var name: String
        /// What it is; a word without a summary is not listed.
        var summary = ""
        /// What is said when it is not there.
        var missing: String?
        var isOptional = false
        /// Whether any number of them may follow.
        var repeats = false
        var completion = Completion.none
    }

    /// A thing that a command with several does: `postern queues list`.
    struct Action: Sendable {
        var name: String
        var words: [Word] = []
        /// The options that the help shows with it; a line feed begins a second line.
        var usage = ""
        /// What it does; a line feed begins a second line.
        var summary: String
        /// A line above this action and those that follow.
        var heading: String?
    }

    /// An option, `--name VALUE`, or a flag, `--name`.
    struct Option: Sendable {
        var name: String
        /// The letter that stands for the name: `-p` for `--port`.
        var short: Character?
        /// What stands for the value in the help; nil for a flag.
        var value: String?
        var summary: String
        /// Whether several values may follow.
        var isList = false
        var completion = Completion.none
    }

    private enum Body: Sendable {
        case parsed(@Sendable (Arguments) async throws -> Int32)
        case raw(@Sendable ([String]) async throws -> Int32)
    }

    let name: String
    /// One line for the overview, without a full stop.
    let summary: String
    /// How its help begins.
    let details: String
    let words: [Word]
    let actions: [Action]
    let options: [Option]
    private let body: Body

    /// Makes a command.
    ///
    /// - Parameters:
    ///   - details: how its help begins; the summary unless given.
    ///   - words: what may follow the name; for a command without actions.
    ///   - run: does it, and returns one of ``ExitCode``. With actions, the first word is one of their names.
    init(
        _ name: String,
        _ summary: String,
        details: String? = nil,
        words: [Word] = [],
        actions: [Action] = [],
        options: [Option] = [],
        run: @escaping @Sendable (Arguments) async throws -> Int32
    ) {
        self.init(name, summary, details, words, actions, options, .parsed(run))
    }

    /// Makes a command that reads its words itself.
    init(
        _ name: String,
        _ summary: String,
        details: String? = nil,
        words: [Word] = [],
        options: [Option] = [],
        runWords: @escaping @Sendable ([String]) async throws -> Int32
    ) {
        self.init(name, summary, details, words, [], options, .raw(runWords))
    }

    private init(
        _ name: String,
        _ summary: String,
        _ details: String?,
        _ words: [Word],
        _ actions: [Action],
        _ options: [Option],
        _ body: Body
    ) {
        self.name = name
        self.summary = summary
        self.details = details ?? summary + "."
        self.words = words
        self.actions = actions
        self.options = options
        self.body = body
    }

    /// Reads the words and does what they say.
    ///
    /// - Throws: ``UsageError`` when they are not understood, ``CommandFailure`` when it cannot be done.
    func run(_ words: [String]) async throws -> Int32 {
        switch body {
        case .raw(let run): return try await run(words)
        case .parsed(let run):
            let arguments = try Arguments(words, grammar: grammar)
            try check(arguments.words)
            return try await run(arguments)
        }
    }

    /// What its parser understands.
    var grammar: Arguments.Grammar {
        var grammar = Arguments.Grammar()
        for option in options {
            if let short = option.short { grammar.shortNames["-\(short)"] = option.name }
            if option.value == nil {
                grammar.flags.insert(option.name)
            } else if option.isList {
                grammar.lists.insert(option.name)
            } else {
                grammar.options.insert(option.name)
            }
        }
        return grammar
    }

    private func check(_ words: [String]) throws {
        guard !actions.isEmpty else { return try self.words.check(words[...]) }
        guard let name = words.first else {
            throw UsageError("An action is missing: \(actions.map(\.name).joined(separator: ", ")).")
        }
        guard let action = actions.first(where: { $0.name == name }) else {
            throw UsageError("'\(name)' is not an action of '\(self.name)'.")
        }
        try action.words.check(words.dropFirst())
    }
}

extension [Command.Word] {
    /// Refuses too few words and too many.
    fileprivate func check(_ given: ArraySlice<String>) throws {
        let required = filter { !$0.isOptional }
        guard given.count >= required.count else {
            let first = required[given.count]
            throw UsageError(first.missing ?? "The argument \(first.name) is missing.")
        }
        guard contains(where: \.repeats) || given.count <= count else {
            throw UsageError("The argument '\(given[given.startIndex + count])' is not expected.")
        }
    }
}
