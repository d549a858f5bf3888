/// What `postern --help` and `postern COMMAND --help` say; the commands are those of the ``CommandTable``.
enum Help {
    static let overview = """
        Postern runs Azure Functions written in Swift.

        USAGE: postern COMMAND [OPTIONS]

        COMMANDS:
        \(Command.list(CommandTable.commands.map { ($0.name, $0.summary) }))
        'postern COMMAND --help' shows a command's options. Listings take --json.

        EXIT CODES:
          0   done                               69  a service or resource is not there
          1   the function that was run failed   70  our own fault
          64  the command line is wrong          78  the configuration is wrong
          65  the input data is wrong
        """

    /// The help of a command; the overview for none, or for one that does not exist.
    static func text(for command: String?) -> String {
        command.flatMap { CommandTable.command(named: $0)?.help } ?? overview
    }
}
