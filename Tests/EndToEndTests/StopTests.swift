import FunctionKit
import Glibc
import Testing

/// What ends a host, and how soon, when its functions do not help.
struct StopTests {
    private let app = Workplace.app("unruly")

    private func start(_ function: String) throws -> (process: ChildProcess, data: ScratchFolder) {
        let data = try ScratchFolder()
        let process = try ChildProcess(
            Workplace.postern,
            ["start", "--app", app, "--data", data.path, "--port", "0", "--functions", function],
            environment: RunningHost.environment
        )
        return (process, data)
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalDuringTheStartEndsIt(signal: Int32) async throws {
        let (process, data) = try start("slow-init")
        #expect(await process.waitForOutput("Still thinking."))
        process.kill(signal)
        #expect(await process.waitForEnd() == .exited(0))
        #expect(process.errors.contains("A signal interrupted the start."))
        // The folder is free again.
        let place = ["--tenant", "acme", "--collection", "tickets", "--data", data.path]
        #expect(try await runPostern(["store", "import", "/dev/null"] + place).ending == .exited(0))
    }

    @Test(.timeLimit(.minutes(2)))
    func anInitThatNeverEndsKeepsNothingElseFromRunning() async throws {
        let host = try await RunningHost(app: app)
        #expect(host.process.output.contains("The 'slow-init' function is in error"))
        #expect(host.process.output.contains("did not end within 30 s"))
        #expect(try await host.send(.get, "/api/slow-init").status == 404)
        #expect(await host.stop() == .exited(0))
    }

    @Test func aSecondSignalEndsTheHostAtOnce() async throws {
        let host = try await RunningHost(app: app, arguments: ["--functions", "stubborn"])
        let call = Task { try await host.send(.get, "/api/stubborn") }
        #expect(await host.process.waitForOutput("Here I stay."))
        host.process.kill(SIGTERM)
        #expect(await host.process.waitForOutput("Stopping host..."))
        host.process.kill(SIGTERM)
        #expect(await host.process.waitForEnd() == .exited(128 + SIGTERM))
        #expect(host.process.errors.contains("A second signal came: the host ends at once."))
        await #expect(throws: (any Error).self) { try await call.value }
    }

    @Test(.timeLimit(.minutes(2)))
    func aFunctionThatIgnoresItsCancellationIsLeftBehind() async throws {
        let host = try await RunningHost(app: app, arguments: ["--functions", "stubborn"])
        async let answer = exchange("GET /api/stubborn HTTP/1.1\r\nHost: a\r\n\r\n", port: host.port)
        #expect(await host.process.waitForOutput("Here I stay."))
        #expect(await host.stop() == .exited(0))
        #expect(host.process.output.contains("Host shutdown completed."))
        #expect(host.process.output.contains("ignored its cancellation and was left behind."))
        #expect(try await answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    }

    @Test func anUnknownFunctionIsReported() async throws {
        let host = try await RunningHost(app: Workplace.app("hello"), arguments: ["--functions", "hello", "nope"])
        #expect(host.process.output.contains("The 'nope' function is in error: host.json: functions: The app has no"))
        #expect(try await host.send(.get, "/api/hello").status == 200)
        #expect(await host.stop() == .exited(0))
    }

    @Test func queuesAreShownByTheCommandLine() async throws {
        let host = try await RunningHost(app: Workplace.app("hello"), arguments: ["--functions", "hello"])
        let options = ["--data", host.data.path + "/data", "--port", host.port]
        let list = try await runPostern(["queues", "list"] + options)
        #expect(list.ending == .exited(0))
        #expect(list.output == "TENANT\tQUEUE\tWAITING\tINVISIBLE\tPOISON\n")
        let json = try await runPostern(["queues", "list", "--json"] + options)
        #expect(json.output.contains(#""queues":[]"#))
        let retry = try await runPostern(["queues", "retry", "mail-poison", "m1", "--tenant", "acme"] + options)
        #expect(retry.ending == .exited(65))
        #expect(retry.errors.contains("'acme' has no message 'm1' in 'mail-poison'"))
        let bad = try await runPostern(["queues", "messages", "Bad Name", "--tenant", "acme"] + options)
        #expect(bad.ending == .exited(65))
        #expect(try await runPostern(["queues", "retry", "mail-poison"] + options).ending == .exited(64))
        #expect(try await runPostern(["queues", "messages", "mail"] + options).ending == .exited(64))
        #expect(await host.stop() == .exited(0))
        #expect(try await runPostern(["queues", "list"] + options).ending == .exited(69))
    }
}
