import FunctionHost

/// Every command, in the order of the overview.
enum CommandTable {
    static let commands: [Command] = [
        InitCommand.command,
        NewCommand.command,
        StartCommand.command,
        AppCommands.functions,
        AppCommands.routes,
        AppCommands.schedule,
        RunCommand.command,
        TimersCommand.command,
        QueuesCommand.command,
        StoreCommand.command,
        SettingsCommand.command,
        KeysCommand.command,
        CompletionsCommand.command,
    ]

    /// The command of a name; nil when there is none.
    static func command(named name: String) -> Command? { commands.first { $0.name == name } }
}

/// Options that several commands have.
extension Command.Option {
    static let json = Self(name: "json", summary: "Print the answer as JSON")

    /// `--app`, with what it is for.
    static func app(_ summary: String = "The folder that holds host.json (the nearest one upwards from here)") -> Self {
        Self(name: "app", value: "DIR", summary: summary, completion: .folder)
    }

    /// `--data`, with what it is for.
    static func data(_ summary: String = "Where the host keeps everything (DIR/data of the app)") -> Self {
        Self(name: "data", value: "DIR", summary: summary, completion: .folder)
    }
}
