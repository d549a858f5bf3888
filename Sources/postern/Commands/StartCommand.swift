import FunctionHost
import Glibc

/// `postern start`: runs the functions of an app until a signal says stop.
enum StartCommand {
    static let command = Command(
        "start",
        "Run the functions of an app",
        details: "Run the functions of an app until SIGTERM or SIGINT.",
        options: [
            .app(), .data(),
            .init(name: "address", value: "ADDRESS", summary: "The address to listen on (127.0.0.1)"),
            .init(name: "port", short: "p", value: "N", summary: "The port to listen on, 0 for any free one (7071)"),
            .init(
                name: "functions",
                value: "NAME",
                summary: "Run only these functions",
                isList: true,
                completion: .functions
            ),
            .init(
                name: "log",
                value: "console|json",
                summary: "How log lines look (console)",
                completion: .words(["console", "json"])
            ),
            .init(name: "verbose", summary: "Tell of the host's own doings, and of each call when it begins"),
            .init(
                name: "user-log-level",
                value: "LEVEL",
                summary: "Keep what functions log from this level on (Information)",
                completion: .words(["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"])
            ),
            .init(
                name: "enable-json-output",
                summary: "The same as --log json"
            ),
            .init(
                name: "timeout",
                short: "t",
                value: "SECONDS",
                summary: "Give up a start that takes longer (no limit)"
            ),
            .init(name: "no-auth", summary: "Let every caller in as an admin; for local work only"),
            .init(
                name: "cors",
                value: "ORIGINS",
                summary: "The origins whose pages may call, with commas; '*' for all"
            ),
            .init(name: "cors-credentials", summary: "Let those pages send cookies"),
            .init(
                name: "libraries",
                value: "DIR",
                summary:
                    "Where the functions' libraries are (.build/debug or release of the app, else beside this program)",
                completion: .folder
            ),
            .init(name: "wait-for-debugger", summary: "Begin when a debugger is attached, or at SIGCONT or Enter"),
        ] + transportOptions,
        run: run
    )

    private static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = try hostOptions(arguments)
        let limit = arguments["timeout"] == nil ? nil : try arguments.number("timeout", in: 1...86_400, default: 1)
        let signals = TerminationSignals()
        let hangUp = HangUp()
        if arguments.has("wait-for-debugger"), try await !waitForDebugger(signals) { return ExitCode.success }
        // Unstructured, because a signal cancels it while this waits for it.
        let starting = Task { () async throws -> Host in try await Host.start(options) }
        let stopRequest = Task {
            await signals.stopRequest()
            starting.cancel()
        }
        let startLimit = Task {
            guard let limit, (try? await SystemClock().sleep(for: .seconds(limit))) != nil else { return false }
            starting.cancel()
            return true
        }
        do {
            let host = try await starting.value
            startLimit.cancel()
            // Unstructured, because it ends with the process.
            Task { await heed(signals.hangUps, hangUp, host) }
            await host.run { await stopRequest.value }
            await host.close()
        } catch let error as HostStartError {
            guard !signals.isStopRequested else {
                printError("postern start: A signal interrupted the start.")
                return ExitCode.success
            }
            startLimit.cancel()
            if let limit, await startLimit.value {
                throw CommandFailure(
                    ExitCode.unavailable,
                    "The functions did not start within \(limit) s. Give them more time with --timeout."
                )
            }
            throw CommandFailure(error.kind.exitCode, error.description)
        }
        return ExitCode.success
    }

    /// Waits until somebody watches.
    ///
    /// - Returns: false when a signal has asked the process to end.
    private static func waitForDebugger(_ signals: TerminationSignals) async throws -> Bool {
        let wait = DebuggerWait.thisProcess(clock: SystemClock())
        printError(
            "Waiting for a debugger in process \(getpid()). 'kill -CONT \(getpid())' or Enter begins without one."
        )
        switch await wait.run(isInterrupted: { signals.isStopRequested }) {
        case .attached, .told: return true
        case .interrupted: return false
        case .timedOut:
            throw CommandFailure(
                ExitCode.unavailable,
                "No debugger came within \(DebuggerWait.timeMax.components.seconds / 60) min."
            )
        }
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
        options.cors = arguments["cors"]
        options.corsCredentials = arguments.has("cors-credentials")
        options.transport = try transport(arguments)
        options.libraries = arguments["libraries"].map(absolutePath)
        options.enforcesKeys = !arguments.has("no-auth")
        options.isVerbose = arguments.has("verbose")
        if let text = arguments["user-log-level"] {
            guard let level = LogLevelRules.threshold(named: text) else {
                throw UsageError(
                    "'\(text)' is not a valid value for '--user-log-level'. Use Trace, Debug, Information, Warning, Error, "
                        + "Critical or None."
                )
            }
            options.userLogLevel = level
        }
        if arguments.has("enable-json-output") { options.logFormat = .json }
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
        case .configuration, .app: ExitCode.configuration
        case .unavailable: ExitCode.unavailable
        case .software: ExitCode.software
        }
    }
}
