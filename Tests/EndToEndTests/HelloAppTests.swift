import FunctionKit
import Glibc
import Testing

/// The real host with a small app: what an HTTP caller and an operator see.
struct HelloAppTests {
    private func withHost(
        _ arguments: [String] = [],
        settings: [String: String] = [:],
        _ body: (RunningHost) async throws -> Void
    ) async throws {
        let host = try await RunningHost(app: Workplace.app("hello"), arguments: arguments, settings: settings)
        try await body(host)
        #expect(await host.stop() == .exited(0))
    }

    @Test func functionsAnswer() async throws {
        try await withHost { (host: RunningHost) async throws in
            let hello = try await host.send(.get, "/api/hello")
            #expect(hello.status == 200)
            #expect(hello.body == "hello, world")
            #expect(hello.headers["Content-Type"] == "text/plain; charset=utf-8")
            #expect(try await host.send(.get, "/API/Hello").body == "hello, world")
            #expect(try await host.send(.get, "/api/wait").body == "waited")
            #expect(try await host.send(.get, "/api/burn?ms=5").body == "burned 5 ms")
            #expect(try await host.send(.get, "/api/stream?count=3").body == "0\n1\n2\n")
        }
    }

    @Test(arguments: [
        (#"{"b":[1,2.5,null,true],"a":"ü"}"#, 200, #"{"a":"ü","b":[1,2.5,null,true]}"#),
        ("[]", 200, "[]"),
        ("", 400, #"{"error":{"code":"invalid_body","message":"The body is not valid JSON."}}"#),
        ("{", 400, #"{"error":{"code":"invalid_body","message":"The body is not valid JSON."}}"#),
    ])
    func echoDecodesAndEncodes(body: String, status: Int, expected: String) async throws {
        try await withHost { (host: RunningHost) async throws in
            let answer = try await host.send(
                .post,
                "/api/echo",
                headers: ["Content-Type": "application/json"],
                body: body
            )
            #expect(answer.status == status)
            // Codable gives objects no order of their own, so compare the members as a set of characters.
            #expect(answer.body.sorted() == expected.sorted())
        }
    }

    @Test(arguments: [
        (HTTPMethod.post, "/api/hello", 404), (.get, "/api/echo", 404), (.get, "/api/none", 404), (.get, "/api", 404),
        (.get, "/", 200), (.post, "/", 404), (.get, "/admin/host/ping", 200), (.post, "/admin/host/ping", 200),
        (.get, "/admin/host/status", 401), (.get, "/admin/functions", 401), (.post, "/admin/functions/hello", 401),
        (.get, "/administrator", 404), (.get, "/api/burn?ms=x", 400),
    ])
    func answersByRouteMethodAndKey(method: HTTPMethod, path: String, status: Int) async throws {
        try await withHost { (host: RunningHost) async throws in
            #expect(try await host.send(method, path).status == status)
        }
    }

    @Test func theMasterKeyOpensTheAdminAPI() async throws {
        try await withHost { (host: RunningHost) async throws in
            let keys = try await runPostern(["keys", "list", "--data", host.data.path + "/data"])
            let master = try #require(keys.output.split(separator: "\n").first { $0.hasPrefix("master\t") })
            let key = String(try #require(master.split(separator: "\t").last))
            let headers: HTTPFields = ["x-functions-key": key]
            let status = try await host.send(.get, "/admin/host/status", headers: headers)
            #expect(status.status == 200)
            #expect(status.body.contains(#""state":"Running""#))
            #expect(try await host.send(.get, "/admin/functions/hello?code=\(key)").status == 200)
            #expect(try await host.send(.get, "/admin/functions/none", headers: headers).status == 404)
            let run = try await host.send(.post, "/admin/functions/hello", headers: headers, body: #"{"input":""}"#)
            #expect(run.status == 202)
            #expect(run.body.isEmpty)
            #expect(try await host.send(.post, "/admin/functions/hello", headers: headers, body: "x").status == 400)
            #expect(!host.process.output.contains(key))
        }
    }

    @Test func logsOneLineACall() async throws {
        try await withHost { (host: RunningHost) async throws in
            _ = try await host.send(.get, "/api/hello?code=not-for-the-log")
            #expect(await host.process.waitForOutput("ms) GET /api/hello 200"))
            #expect(!host.process.output.contains("not-for-the-log"))
        }
    }

    @Test func runsOnlyTheFunctionsThatItIsTold() async throws {
        try await withHost(["--functions", "hello", "wait"]) { (host: RunningHost) async throws in
            #expect(try await host.send(.get, "/api/hello").status == 200)
            #expect(try await host.send(.get, "/api/stream").status == 404)
        }
    }

    @Test func aDisabledFunctionIsNotThere() async throws {
        try await withHost(settings: ["AzureWebJobs.hello.Disabled": "true"]) { (host: RunningHost) async throws in
            #expect(try await host.send(.get, "/api/hello").status == 404)
            #expect(try await host.send(.get, "/api/wait").status == 200)
        }
    }

    @Test func jsonLogsAreJSONLines() async throws {
        try await withHost(["--log", "json"]) { (host: RunningHost) async throws in
            _ = try await host.send(.get, "/api/hello")
            #expect(await host.process.waitForOutput("GET /api/hello 200"))
            for line in host.process.output.split(separator: "\n") {
                #expect(line.hasPrefix(#"{"time":""#) && line.hasSuffix("}"), "\(line)")
            }
        }
    }

    @Test func aPortInUseIsSaid() async throws {
        try await withHost { (host: RunningHost) async throws in
            let data = try ScratchFolder()
            let second = try await runPostern(
                ["start", "--app", Workplace.app("hello"), "--data", data.path, "--port", host.port])
            #expect(second.ending == .exited(69))
            #expect(
                second.errors.contains(
                    "Port \(host.port) is unavailable. Close the process using that port, or specify another port using"
                )
            )
        }
    }

    @Test func aDataFolderHasOneHost() async throws {
        try await withHost { (host: RunningHost) async throws in
            let second = try await runPostern(
                ["start", "--app", Workplace.app("hello"), "--data", host.data.path + "/data", "--port", "0"])
            #expect(second.ending == .exited(69))
            #expect(second.errors.contains(host.data.path))
            let store = try await runPostern(["store", "tenants", "--data", host.data.path + "/data"])
            #expect(store.output == "_host\n", "Reading needs no lock")
        }
    }

    @Test func aFunctionThatTakesTooLongIsAnsweredFor() async throws {
        let settings = ["AzureFunctionsJobHost__functionTimeout": "00:00:01"]
        try await withHost(settings: settings) { (host: RunningHost) async throws in
            // Off the event loops first, so that the loop is free to notice.
            _ = try await host.send(.get, "/api/burn?ms=200")
            #expect(try await host.send(.get, "/api/burn?ms=2500").status == 500)
            #expect(try await host.send(.get, "/api/hello").status == 200)
            #expect(
                await host.process.waitForOutput("Timeout value of 00:00:01 was exceeded by function: Functions.burn")
            )
        }
    }

    /// A function that computes and then answers, and one that computes and then waits for something.
    @Test(arguments: ["", "&then=1"]) func aComputingFunctionDoesNotDelayOthers(rest: String) async throws {
        try await withHost { (host: RunningHost) async throws in
            // One long run is what it takes to move the function off the event loops.
            _ = try await host.send(.get, "/api/burn?ms=200\(rest)")
            let order = LockedState<[String]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        _ = try await host.send(.get, "/api/burn?ms=3000\(rest)")
                        order.withLock { $0.append("burn") }
                    }
                }
                for _ in 0..<10 {
                    #expect(try await host.send(.get, "/api/hello").status == 200)
                    // One that suspends needs a thread of the pool to go on.
                    #expect(try await host.send(.get, "/api/wait").status == 200)
                }
                order.withLock { $0.append("hello") }
                try await group.waitForAll()
            }
            #expect(order.withLock { $0 } == ["hello", "burn", "burn"])
        }
    }

    @Test func aTrapEndsTheProcessAndItsDataStays() async throws {
        let host = try await RunningHost(app: Workplace.app("hello"))
        await #expect(throws: HTTPClientErrorMatcher.self) {
            do { _ = try await host.send(.get, "/api/trap") } catch { throw HTTPClientErrorMatcher() }
        }
        #expect(await host.process.waitForEnd() != .exited(0))
        let again = try await RunningHost(app: Workplace.app("hello"), data: host.data)
        #expect(try await again.send(.get, "/api/hello").status == 200)
        #expect(await again.stop() == .exited(0))
    }

    private struct HTTPClientErrorMatcher: Error {}
}
