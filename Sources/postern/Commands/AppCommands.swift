import FunctionHost
import FunctionKit
import Glibc

/// The commands that look at an app's folders and need no running host.
enum AppCommands {
    /// `postern functions`
    static func functions(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: .init(options: ["app"], flags: ["json"]))
        let app = try await InspectedApp(arguments)
        return emit(FunctionsCommand.run(app.loaded, json: arguments.has("json")))
    }

    /// `postern routes`
    static func routes(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: .init(options: ["app", "match"], flags: ["json"]))
        let app = try await InspectedApp(arguments)
        return emit(RouteCommand.run(app.loaded, match: arguments["match"], json: arguments.has("json")))
    }

    /// `postern settings check`
    static func settings(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: .init(options: ["app"], flags: ["json"], words: 1...1))
        guard arguments.words[0] == "check" else {
            throw UsageError("'\(arguments.words[0])' is not an action of 'settings'.")
        }
        let app = try await InspectedApp(arguments)
        let check = SettingsCheck(app: app.loaded, loaded: app.settings, resolution: app.resolution)
        return emit(check.output(json: arguments.has("json")))
    }

    /// `postern schedule`
    static func schedule(_ words: [String]) async throws -> Int32 {
        let environment = processEnvironment()
        let outcome = ScheduleCommand(now: SystemClock().now, environment: { environment[$0] }).run(words)
        printText(outcome.output)
        printErrorText(outcome.errorOutput)
        return outcome.exitCode
    }

    private static func emit(_ output: CommandOutput) -> Int32 {
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
            loaded = try AppFolder.load(root: root, settings: { store.hostValue($0) }, environment: environment)
        } catch let error as SettingsError {
            throw CommandFailure(ExitCode.configuration, error.description)
        } catch let error as HostConfigurationError {
            throw CommandFailure(ExitCode.configuration, error.description)
        }
    }
}
