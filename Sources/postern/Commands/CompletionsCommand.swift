import FunctionHost

/// `postern completions`: what a shell needs to complete the command line.
enum CompletionsCommand {
    static let command = Command(
        "completions",
        "Print the script that completes postern in a shell",
        actions: [
            .init(name: "bash", summary: "For bash: source <(postern completions bash)"),
            .init(name: "zsh", summary: "For zsh: source <(postern completions zsh)"),
            .init(name: "fish", summary: "For fish: postern completions fish | source"),
            .init(
                name: "words",
                words: [.init(name: "WORD", repeats: true)],
                summary: "Print how the last of these words can go on; the scripts ask this, with the words behind '--'"
            ),
        ],
        run: run
    )

    private static func run(_ arguments: Arguments) throws -> Int32 {
        switch arguments.words[0] {
        case "bash": print(CompletionScripts.bash)
        case "zsh": print(CompletionScripts.zsh)
        case "fish": print(CompletionScripts.fish)
        default: printAnswer(to: Array(arguments.words.dropFirst()))
        }
        return ExitCode.success
    }

    private static func printAnswer(to words: [String]) {
        switch Completer(commands: CommandTable.commands, functionNames: functionNames).answer(to: words) {
        case .file: print(":files")
        case .folder: print(":folders")
        case .words(let candidates): for candidate in candidates { print("\(candidate.text)\t\(candidate.summary)") }
        }
    }

    /// The names of an app's functions, read from its folders; none when there is no app.
    private static func functionNames(app: String?) -> [String] {
        guard let root = try? AppLocation(app: app, data: nil).root else { return [] }
        return AppFolder.functionNames(root: root)
    }
}
