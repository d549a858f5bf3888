import FunctionKit
import Glibc
import Testing

/// What `postern start` prints, without options and with them.
@Suite(.timeLimit(.minutes(2)))
struct ConsoleTests {
    private let app = Workplace.app("hello")

    @Test func theConsoleIsQuietByDefault() async throws {
        let host = try await RunningHost(app: app, arguments: ["--functions", "hello", "wait"], isVerbose: false)
        _ = try await host.send(.get, "/api/hello")
        #expect(await host.process.waitForOutput("GET /api/hello 200"))
        #expect(await host.stop() == .exited(0))
        let lines = host.process.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.starts(with: ["", "Postern 0.1.0"]))
        let header = try #require(lines.firstIndex(of: "Functions:"))
        let port = host.port
        #expect(
            Array(lines[(header + 1)...].prefix(5)) == [
                "", "\thello: [GET] http://localhost:\(port)/api/hello", "",
                "\twait: [GET] http://localhost:\(port)/api/wait", "",
            ]
        )
        #expect(lines.contains("For detailed output, run postern with --verbose flag."))
        let log = lines.filter { $0.hasPrefix("[20") }.map { $0.drop { $0 != "]" }.dropFirst(2) }
        #expect(log.count == 3, "\(log)")
        #expect(log.first?.hasPrefix("Executed 'Functions.hello' (Succeeded, Id=") == true)
        #expect(log.suffix(2) == ["Stopping host...", "Host shutdown completed."])
        #expect(!host.process.output.contains("\u{1B}"), "It is no terminal.")
    }

    @Test func verboseTellsOfTheStart() async throws {
        let host = try await RunningHost(app: app, arguments: ["--functions", "hello", "wait"])
        #expect(await host.process.waitForOutput("from Initialized to Running."))
        #expect(await host.stop() == .exited(0))
        var rest = host.process.output[...]
        for text in [
            "Host state changed from Default to Starting.", "Initializing Host. OperationId: '",
            "Host initialization: ConsecutiveErrors=0, StartupCount=1, OperationId=",
            "Host configuration file read:",
            "Generating 2 job function(s)", "Found the following functions:", "Host.Functions.hello",
            "Host.Functions.wait", "Initializing function HTTP routes",
            "Mapped function route 'api/hello' [get] to 'hello'", "Mapped function route 'api/wait' [get] to 'wait'",
            "Host state changed from Starting to Initialized.", "Job host started",
            "Host state changed from Initialized to Running.",
        ] {
            guard let range = rest.firstRange(of: text) else {
                Issue.record("'\(text)' is not in \(host.process.output)")
                return
            }
            rest = rest[range.upperBound...]
        }
        #expect(!host.process.output.contains("For detailed output"))
        let ids = host.process.output.split(separator: "\n").filter { $0.contains("OperationId") }
            .map { line in line.split(separator: "OperationId").last?.filter { $0.isHexDigit || $0 == "-" } }
        #expect(ids.count == 2)
        #expect(Set(ids).count == 1, "One attempt, one id: \(ids)")
    }

    @Test func theConfigurationIsShownWithoutItsSecrets() async throws {
        let settings = [
            "AzureFunctionsJobHost__extensions__http__customHeaders__X_Api_Key": "never-show-this",
            "AzureFunctionsJobHost__extensions__other__connection": "Server=db;Password=never-show-this",
        ]
        let host = try await RunningHost(app: app, settings: settings)
        #expect(await host.process.waitForOutput("[Hidden Credential]"))
        #expect(await host.stop() == .exited(0))
        #expect(!host.process.output.contains("never-show-this"))
    }

    @Test func usersAndHostHaveLevelsOfTheirOwn() async throws {
        let host = try await RunningHost(
            app: app,
            arguments: ["--functions", "hello", "--user-log-level", "error"],
            isVerbose: false
        )
        #expect(try await host.send(.get, "/api/hello").status == 200)
        #expect(await host.stop() == .exited(0))
        #expect(!host.process.output.contains("Executed 'Functions.hello'"))
    }

    @Test(arguments: [
        (["--user-log-level", "loud"], "'loud' is not a valid value for '--user-log-level'."),
        (["--timeout", "0"], "'0' is not a valid value for '--timeout'."),
        (["-p"], "The option '--port' needs a value."),
        (["-x"], "The argument '-x' is not expected."), (["-p", "1", "--port", "2"], "'--port' is given twice."),
    ])
    func optionsThatMeanNothingAreRefused(options: [String], text: String) async throws {
        let result = try await runPostern(["start", "--app", app] + options)
        #expect(result.ending == .exited(64))
        #expect(result.errors.contains(text), "\(result.errors)")
    }

    @Test func aStartThatTakesTooLongIsGivenUp() async throws {
        let data = try ScratchFolder()
        let result = try await runPostern([
            "start", "--app", Workplace.app("unruly"), "--data", data.path, "-p", "0", "-t", "1", "--functions",
            "slow-init",
        ])
        #expect(result.ending == .exited(69), "\(result.errors)")
        #expect(result.errors.contains("The functions did not start within 1 s."))
    }

    @Test func aDrainAtTheStopLetsCallsEnd() async throws {
        let host = try await RunningHost(
            app: app,
            arguments: ["--functions", "hello"],
            settings: ["FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING": "1"]
        )
        #expect(await host.stop() == .exited(0))
        #expect(host.process.output.contains("DrainMode mode enabled"))
        #expect(host.process.output.contains("Host shutdown completed."))
    }
}
