import Glibc
import Testing

/// What the shells offer behind `postern`.
struct CompletionTests {
    private static let hello = Workplace.app("hello")

    @Test(
        arguments: [
            (["st"], ["start", "store"]), (["sto"], ["store"]), (["dance", ""], []), (["--v"], ["--version"]),
            (["help", "ke"], ["keys"]), (["new", "x", "--template", ""], ["http", "timer", "queue"]),
            (["new", "x", "--template", "t"], ["timer"]), (["new", "x", "--template=t"], ["--template=timer"]),
            (["new", "x", "--template", "=", "q"], ["queue"]), (["start", "--log", "j"], ["json"]),
            (["start", "--log", "json", "--lo"], []), (["start", "--wai"], ["--wait-for-debugger"]),
            (["settings", ""], ["check", "list", "add", "delete"]), (["settings", "d"], ["delete"]),
            (["settings", "list", ""], []), (["settings", "list", "--show"], ["--show-values"]),
            (["run", "--app", hello, "w"], ["wait"]), (["run", "wait", "--app", hello, ""], []),
            (
                ["start", "--app", hello, "--functions", ""],
                ["burn", "download", "echo", "events", "hello", "json", "site", "stream", "trap", "upload", "wait"]
            ),
            (["start", "--app", hello, "--functions", "burn", "ec"], ["echo"]), (["start", "--app", ""], [":folders"]),
            (["start", "--app", hello, "--functions", "burn", "--cors-c"], ["--cors-credentials"]),
            (["store", "import", ""], [":files"]), (["store", "backup", ""], [":folders"]),
            (["store", "--tenant", "t", "back"], ["backup"]), (["init", ""], [":folders"]),
            (["completions", "z"], ["zsh"]), (["run", "--", "--"], []),
        ] as [([String], [String])]
    )
    func theLineGoesOn(words: [String], expected: [String]) async throws {
        let result = try await runPostern(["completions", "words", "--"] + words)
        #expect(result.ending == .exited(0), "\(result.errors)")
        #expect(result.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) } == expected)
    }

    /// Every command and every option of its help is offered: both come from one table.
    @Test func everythingInTheHelpIsOffered() async throws {
        let commands = try await runPostern(["completions", "words", "--", ""]).output.split(separator: "\n")
        let names = commands.map { String($0.prefix { $0 != "\t" }) }.filter { !$0.hasPrefix("-") }
        let overview = try await runPostern(["--help"]).output
        #expect(names.count >= 12)
        for name in names {
            #expect(overview.contains("\n  \(name) "), "\(name)")
            let help = try await runPostern([name, "--help"])
            #expect(help.ending == .exited(0))
            #expect(help.output.contains("USAGE: postern \(name)"), "\(help.output)")
            let offered = try await runPostern(["completions", "words", "--", name, "--"]).output
            let options = help.output.split(separator: "\n").filter { $0.hasPrefix("  --") }
            for option in options {
                let word = option.dropFirst(2).prefix { $0 != " " && $0 != "…" && $0 != "," }
                #expect(offered.contains("\(word)\t"), "\(name) \(word)")
            }
        }
    }

    private func run(_ shell: String, _ script: String) async throws -> String {
        let folder = try ScratchFolder()
        try folder.write(script, to: "script")
        let process = try ChildProcess(
            "/usr/bin/env",
            [shell, folder.path + "/script"],
            environment: RunningHost.environment.merging(["TERM": "dumb"]) { $1 },
            folder: Workplace.root
        )
        #expect(await process.waitForEnd() == .exited(0), "\(process.errors)")
        #expect(process.errors.isEmpty, "\(process.errors)")
        return process.output
    }

    @Test func bashAsksTheProgram() async throws {
        let output = try await run(
            "bash",
            """
            source <("\(Workplace.postern)" completions bash)
            complete -p postern
            ask() { COMP_WORDS=("\(Workplace.postern)" "$@"); COMP_CWORD=$#; _postern; printf '%s;' "${COMPREPLY[@]}"; echo; }
            ask new x --template t
            ask store import Pack
            ask start --app Sour
            ask dance ''
            """
        )
        #expect(output == "complete -F _postern postern\ntimer;\nPackage.swift;\nSources;\n;\n")
    }

    @Test(.enabled(if: isInstalled("zsh"))) func zshAsksTheProgram() async throws {
        let output = try await run(
            "zsh",
            """
            compdef() { print "$@" }
            _describe() { print -l -- "${(@P)2}" }
            _files() { print files "$@" }
            source <("\(Workplace.postern)" completions zsh)
            ask() { words=("\(Workplace.postern)" "$@"); CURRENT=$#words; _postern; }
            ask new x --template t
            ask settings l
            ask store import ''
            ask start --app ''
            """
        )
        #expect(
            output == """
                _postern postern
                timer:
                list:List what local.settings.json sets; the environment comes before it
                files
                files -/

                """
        )
    }

    @Test(.enabled(if: isInstalled("fish"))) func fishAsksTheProgram() async throws {
        let output = try await run(
            "fish",
            """
            set -x HOME (mktemp -d)
            set -x PATH \(Workplace.buildFolder) $PATH
            postern completions fish | source
            complete -C 'postern new x --template t'
            complete -C 'postern settings l'
            complete -C 'postern store import Packa'
            """
        )
        #expect(
            output == """
                timer
                list\tList what local.settings.json sets; the environment comes before it
                Package.swift

                """
        )
    }
}

/// Whether a program is on the path of this machine.
func isInstalled(_ program: String) -> Bool {
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    return folders.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}
