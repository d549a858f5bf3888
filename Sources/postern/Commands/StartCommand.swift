import FunctionHost
import Glibc

/// `postern start`: runs the functions of an app until a signal says stop.
enum StartCommand {
    private static let grammar = Arguments.Grammar(
        options: ["app", "data", "address", "port", "log"],
        lists: ["functions"],
        flags: ["no-auth"]
    )

    static func run(_ words: [String]) async throws -> Int32 {
        let arguments = try Arguments(words, grammar: grammar)
        let options = try hostOptions(arguments)
        let signals = TerminationSignals()
        // Unstructured, because a signal cancels it while this waits for it.
        let starting = Task { () async throws -> Host in try await Host.start(options) }
        let stopRequest = Task {
            await signals.stopRequest()
            starting.cancel()
        }
        do {
            let host = try await starting.value
            await host.run { await stopRequest.value }
            await host.close()
        } catch let error as HostStartError {
            guard !signals.isStopRequested else {
                printError("postern start: A signal interrupted the start.")
                return ExitCode.success
            }
            throw CommandFailure(error.kind.exitCode, error.description)
        }
        return ExitCode.success
    }

    private static func hostOptions(_ arguments: Arguments) throws -> HostOptions {
        let location = try AppLocation(arguments)
        var options = HostOptions(
            appRoot: location.root,
            dataFolder: location.dataFolder,
            libraryFolder: executableFolder(),
            environment: processEnvironment()
        )
        options.address = arguments["address"]
        if arguments["port"] != nil { options.port = try arguments.number("port", in: 0...65_535, default: 0) }
        options.functions = arguments.list("functions")?.flatMap { $0.split(separator: ",").map(String.init) }
        options.enforcesKeys = !arguments.has("no-auth")
        if let text = arguments["log"] {
            guard let format = LogFormat(rawValue: text) else {
                throw UsageError("'\(text)' is not a valid value for '--log'. Use 'console' or 'json'.")
            }
            options.logFormat = format
        }
        return options
    }
}

extension HostStartError.Kind {
    var exitCode: Int32 {
        switch self {
        case .configuration: ExitCode.configuration
        case .unavailable: ExitCode.unavailable
        case .software: ExitCode.software
        }
    }
}
