import FunctionHost
import FunctionKit
import Glibc

/// The commands that look at an app's folders and need no running host.
enum AppCommands {
    /// `postern functions`
    static let functions = Command(
        "functions",
        "List the functions of an app and what is wrong with them",
        details: "List the functions of an app, and what is wrong with those that do not load.",
        options: [.app(), .json],
        run: { arguments in
            let app = try await InspectedApp(arguments)
            return emit(FunctionsCommand.run(app.loaded, json: arguments.has("json")))
        }
    )

    /// `postern routes`
    static let routes = Command(
        "routes",
        "List the routes of an app, or tell which function answers a request",
        details: """
            List the routes of an app, or tell which function answers a request and with which route values.
            Reads the folders; needs no running host.
            """,
        options: [
            .app(),
            .init(name: "match", value: "REQUEST", summary: "A method and a path: \"GET /api/x\""),
            .init(name: "json", summary: #"Print JSON; with --match {"function": name or null, "values": {…}}"#),
        ],
        run: { arguments in
            let app = try await InspectedApp(arguments)
            return emit(RouteCommand.run(app.loaded, match: arguments["match"], json: arguments.has("json")))
        }
    )

    /// `postern schedule`
    static let schedule = Command(
        "schedule",
        "Show when a schedule fires",
        details: "Show when a schedule fires, one RFC 3339 time a line.",
        words: [
            .init(
                name: "EXPR",
                summary:
                    "A six-field NCRONTAB expression ('0 */5 * * * *'), a five-field one, or a TimeSpan ('00:05:00')"
            )
        ],
        options: [
            .init(name: "from", value: "RFC3339", summary: "Show the times after this one (now)"),
            .init(name: "count", value: "N", summary: "How many (5)"),
            .init(name: "time-zone", value: "IANA", summary: "The zone that the schedule means (TZ, else UTC)"),
            .init(name: "json", summary: #"{"canonical": …, "interval": …, "occurrences": […]}"#),
        ],
        runWords: { words in
            let environment = processEnvironment()
            let outcome = ScheduleCommand(now: SystemClock().now, environment: { environment[$0] }).run(words)
            printText(outcome.output)
            printErrorText(outcome.errorOutput)
            return outcome.exitCode
        }
    )

    /// Prints what a command has to say.
    static func emit(_ output: CommandOutput) -> Int32 {
        printText(output.standardOutput)
        printErrorText(output.standardError)
        return output.exitCode
    }
}

/// An app as its folders and settings declare it, without anything started.
struct InspectedApp {
    let settings: LoadedSettings
    let resolution: SettingsResolution
    let loaded: LoadedApp

    /// Reads the app that `--app` names.
    init(_ arguments: Arguments) async throws {
        let root = try AppLocation(arguments).root
        let environment = processEnvironment()
        do {
            settings = try SettingsLoader.load(root: root, environment: environment)
            resolution = await SettingsResolution.make(settings) {
                KeyVault(http: LazyHTTPClient(libraryFolder: executableFolder()), clock: SystemClock(), settings: $0)
            }
            let store = SettingsStore(loaded: settings, resolution: resolution)
            loaded = try AppFolder.load(
                root: root,
                settings: { store.hostValue($0) },
                environment: store.hostJSONOverrides
            )
        } catch let error as SettingsError {
            throw CommandFailure(ExitCode.configuration, error.description)
        } catch let error as HostConfigurationError {
            throw CommandFailure(ExitCode.configuration, error.description)
        }
    }
}
