import FoundationEssentials
import FunctionHost
import Glibc

/// `postern settings`: what the functions need and what `local.settings.json` says.
enum SettingsCommand {
    static let command = Command(
        "settings",
        "Check, list and change an app's settings",
        actions: [
            .init(
                name: "check",
                summary:
                    "List every setting that the functions name: set or not, Key Vault references resolved or not;\n"
                    + "shows no values, and fails when one is missing"
            ),
            .init(
                name: "list",
                usage: "[--show-values]",
                summary: "List what local.settings.json sets; the environment comes before it"
            ),
            .init(
                name: "add",
                words: [
                    .init(name: "NAME", missing: "The setting's name is missing."),
                    .init(name: "VALUE", missing: "The setting's value is missing; '-' is standard input."),
                ],
                usage: "[--connection-string]",
                summary: "Set a setting there; '-' takes the value from standard input"
            ),
            .init(
                name: "delete",
                words: [.init(name: "NAME", missing: "The setting's name is missing.")],
                usage: "[--connection-string]",
                summary: "Remove a setting from there"
            ),
        ],
        options: [
            .app(),
            .init(name: "connection-string", summary: "Mean the section ConnectionStrings instead of Values"),
            .init(name: "show-values", summary: "Show the values, which may be secrets"),
            .json,
        ],
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        if arguments.words[0] == "check" { return try await check(arguments) }
        let root = try AppLocation(arguments).root
        guard access(root + "/host.json", F_OK) == 0 else {
            throw CommandFailure(
                ExitCode.configuration,
                "Unable to find project root. Expecting to find one of host.json in project root."
            )
        }
        let file = LocalSettingsFile(root: root)
        let section = arguments.has("connection-string") ? LocalSettingsText.Section.connectionStrings : .values
        do {
            switch arguments.words[0] {
            case "add": return try add(arguments, file, section)
            case "delete": return try delete(arguments.words[1], file, section)
            default: return try list(arguments, file)
            }
        } catch let error as SettingsError {
            throw CommandFailure(ExitCode.configuration, error.description)
        }
    }

    private static func check(_ arguments: Arguments) async throws -> Int32 {
        let app = try await InspectedApp(arguments)
        let check = SettingsCheck(app: app.loaded, loaded: app.settings, resolution: app.resolution)
        return AppCommands.emit(check.output(json: arguments.has("json")))
    }

    private static func add(
        _ arguments: Arguments,
        _ file: LocalSettingsFile,
        _ section: LocalSettingsText.Section
    ) throws -> Int32 {
        let (name, word) = (arguments.words[1], arguments.words[2])
        let value = word == "-" ? try standardInput() : word
        try file.change { (text) throws(SettingsError) in try text.set(name, to: value, in: section) }
        return ExitCode.success
    }

    private static func delete(
        _ name: String,
        _ file: LocalSettingsFile,
        _ section: LocalSettingsText.Section
    ) throws -> Int32 {
        let isRemoved = try file.change { (text) throws(SettingsError) in try text.remove(name, from: section) }
        guard isRemoved else {
            throw CommandFailure(
                ExitCode.dataError,
                "local.settings.json has no setting '\(name)' in \(section.rawValue)."
            )
        }
        return ExitCode.success
    }

    private struct Row: Encodable {
        var name: String
        var section: String
        var value: String?
    }

    private static func list(_ arguments: Arguments, _ file: LocalSettingsFile) throws -> Int32 {
        let text = try file.read()
        let shows = arguments.has("show-values")
        let rows = [LocalSettingsText.Section.values, .connectionStrings].flatMap { section in
            (text?.entries(section) ?? []).map { entry in
                Row(name: entry.name, section: section.rawValue, value: shows ? entry.value : nil)
            }
        }
        if arguments.has("json") {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(rows), as: UTF8.self))
        } else {
            for row in rows {
                let name = row.section == "Values" ? row.name : "\(row.section):\(row.name)"
                print("\(name)\t\(shows ? row.value ?? "null" : "*****")")
            }
        }
        return ExitCode.success
    }

    /// The text on standard input without the line feed at its end.
    private static func standardInput() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            guard bytes.count <= SettingsLoader.fileBytesMax else {
                throw CommandFailure(
                    ExitCode.dataError,
                    "The value is longer than \(SettingsLoader.fileBytesMax) bytes."
                )
            }
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(ExitCode.dataError, "The value is not UTF-8.")
        }
        return text
    }
}
