import FunctionKit
import Testing

/// The way of a developer: an app is written, built, tested and served.
struct NewAppTests {
    private static let buildTime = Duration.seconds(300)

    private func swift(_ arguments: [String], in folder: String) async throws -> ChildProcess {
        let process = try ChildProcess(
            "/usr/bin/env",
            ["swift"] + arguments,
            environment: RunningHost.environment,
            folder: folder,
            lifetime: Self.buildTime
        )
        let ending = await process.waitForEnd()
        #expect(ending == .exited(0), "\(process.output)\n\(process.errors)")
        return process
    }

    /// One app with all templates, since the build takes most of the time.
    @Test func whatIsWrittenBuildsPassesItsTestsAndIsServed() async throws {
        let folder = try ScratchFolder()
        let app = folder.path + "/my-app"
        #expect(try await runPostern(["init", app]).ending == .exited(0))
        for (name, template) in [("greet", "http"), ("tidy-up", "timer"), ("send_mail", "queue")] {
            let made = try await runPostern(["new", name, "--template", template, "--app", app])
            #expect(made.ending == .exited(0), "\(made.errors)")
            #expect(made.output.split(separator: "\n").count == 3)
        }
        _ = try await swift(["build"], in: app)
        let tests = try await swift(["test"], in: app)
        #expect((tests.output + tests.errors).contains("Test run with 5 tests in 4 suites passed"), "\(tests.output)")

        let listed = try await runPostern(["functions", "--app", app])
        #expect(listed.ending == .exited(0), "\(listed.errors)")
        let host = try await RunningHost(app: app, data: folder, lifetime: .seconds(300))
        let hello = try await host.send(.get, "/api/hello?name=Ada")
        #expect(hello.status == 200)
        #expect(hello.body == "Hello, Ada.")
        #expect(try await host.send(.get, "/api/greet").status == 401)
        let place = ["--app", app, "--data", folder.path + "/data", "--port", host.port]
        let timer = try await runPostern(["run", "tidy-up"] + place)
        #expect(timer.ending == .exited(0), "\(timer.errors)")
        let message = ["--tenant", "acme", "--input", #"{"text":"good morning"}"#]
        let queue = try await runPostern(["run", "send_mail"] + message + place)
        #expect(queue.ending == .exited(0), "\(queue.errors)")
        #expect(await host.process.waitForOutput("says: good morning"))
        #expect(await host.stop() == .exited(0))
    }

    @Test func anAppOverwritesNothing() async throws {
        let folder = try ScratchFolder()
        try folder.write("mine", to: "host.json")
        let result = try await runPostern(["init", folder.path])
        #expect(result.ending == .exited(64))
        #expect(result.errors.contains("'host.json' in '\(folder.path)' would be overwritten."), "\(result.errors)")
        #expect(folder.read("host.json") == "mine")
        #expect(folder.names(in: "") == ["host.json"])
    }

    @Test(
        arguments: [
            (["new"], 64, "The function's name is missing."), (["new", "x1"], 64, "Use http, timer or queue."),
            (["new", "x1", "--template", "cobol"], 64, "'cobol' is not a template. Use http, timer or queue."),
            (["new", "host", "--template", "http"], 64, "'host' is not a valid function name."),
            (["new", "testing", "--template", "http"], 64, "which exists already. Choose another name"),
            (["new", "Hello", "--template", "http"], 64, "The app has the function 'hello' already"),
            (["new", "x1", "--template", "http", "--auth-level", "king"], 64, "Use anonymous, function or admin."),
            (["new", "x1", "--template", "http", "--app", "/"], 78, "Unable to find project root."),
            (["init", "/proc/x"], 78, "cannot be written"),
            (["init", "/tmp/postern-never", "--postern", "/nowhere"], 78, "'/nowhere' holds no Sources/FunctionKit."),
            (["init", "a", "b"], 64, "The argument 'b' is not expected."),
        ] as [([String], Int32, String)]
    )
    func whatCannotBeWrittenIsSaid(words: [String], exitCode: Int32, reason: String) async throws {
        let hasApp = words.contains("--app") || words[0] == "init"
        let result = try await runPostern(words + (hasApp ? [] : ["--app", Workplace.app("hello")]))
        #expect(result.ending == .exited(exitCode), "\(result.errors)")
        #expect(result.errors.contains(reason), "\(result.errors)")
    }
}
