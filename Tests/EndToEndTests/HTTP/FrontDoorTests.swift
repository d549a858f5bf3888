import FunctionKit
import Glibc
import Testing

/// The bounds, the access log and the stop of the real program, over real sockets.
struct FrontDoorTests {
    private static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n"
    }

    private static func app(_ server: String) throws -> MirrorApp {
        try MirrorApp(host: #"{"version": "2.0", "extensions": {"server": {\#(server)}}}"#, ["f": ("", "")])
    }

    private static func openFiles(of host: RunningHost) -> Int {
        guard let folder = opendir("/proc/\(host.process.pid)/fd") else { return -1 }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            // A loop opens its ring once it has several requests at a time, and keeps it.
            var target = [CChar](repeating: 0, count: 64)
            let length = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { readlinkat(dirfd(folder), $0, &target, 63) }
            }
            let text = String(decoding: target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text != "anon_inode:[io_uring]" { count += 1 }
        }
        return count
    }

    @Test func theBoundsOfHostJSONHold() async throws {
        let host = try await Self.app(
            """
            "requestLineBytesMax": 64, "headerBytesMax": 1024, "headerCountMax": 12, "bodyBytesMax": 10,
            "connectionsPerAddressMax": 8, "headerTime": "00:00:01", "bodyGraceTime": "00:00:01", "idleTime": "00:00:01"
            """
        ).start()
        let port = host.port
        #expect(try await exchange(Self.get("/\(String(repeating: "x", count: 80))"), port: port).contains(" 414 "))
        #expect(
            try await exchange(Self.get("/", "X: \(String(repeating: "x", count: 1200))\r\n"), port: port)
                .contains(" 431 ")
        )
        #expect(
            try await exchange(Self.get("/", String(repeating: "A: 1\r\n", count: 12)), port: port).contains(" 431 ")
        )
        let post = "POST /api/f HTTP/1.1\r\nHost: a\r\nContent-Length: "
        #expect(try await exchange(post + "11\r\n\r\n", port: port).contains(" 413 "))
        #expect(try await exchange(post + "5\r\n\r\nab", port: port).contains(" 408 "))
        #expect(try await exchange("GET / HT", port: port).contains(" 408 "))
        // Idle: closed behind the answer, without a word.
        #expect(try await exchange(Self.get("/api/f"), port: port).hasPrefix("HTTP/1.1 200 "))
        let key = try await host.masterKey()
        let configuration = try await host.send(.get, "/admin/host/config", headers: ["x-functions-key": key]).body
        let compact = configuration.filter { $0 != " " }
        #expect(compact.contains(#""requestLineBytesMax":64"#))
        #expect(compact.contains(#""streamedResponseBytesMax":-1"#))
        #expect(await host.stop() == .exited(0))
    }

    @Test func aBoundThatCannotBeMeantIsNamed() async throws {
        let host = try await Self.app(#""idleTime": "soon""#).start()
        #expect(
            host.process.output.contains(
                "host.json: extensions.server.idleTime: 'soon' is not a time from 00:00:00.0100000 to 1.00:00:00, "
                    + "such as 00:00:30."
            )
        )
        #expect(await host.stop() == .exited(0))
    }

    @Test func clientsThatBehaveBadlyLeaveNothingBehind() async throws {
        let host = try await RunningHost(app: Workplace.app("hello"))
        let number = try #require(UInt16(host.port))
        _ = try await exchange(Self.get("/api/hello", "Connection: close\r\n"), port: host.port)
        let before = try await eventually("an idle host") { () -> Int? in
            let count = Self.openFiles(of: host)
            try await Task.sleep(for: .milliseconds(100))
            return count == Self.openFiles(of: host) ? count : nil
        }
        try await blocking {
            for round in 0..<25 {
                let clients = try (0..<8).map { _ in try RawClient(port: number) }
                let post = "POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: "
                try clients[0].send("GET /api/he")
                try clients[1].send(post + "1000\r\n\r\n{")
                try clients[2].send(post + "10000000\r\n\r\n{")
                try clients[3].send(Self.get("/api/stream?count=1000000"))
                _ = try clients[3].read(through: "\r\n\r\n")
                try clients[4].send(Self.get("/api/hello"))
                clients[4].endSending()
                #expect(try clients[4].read().hasSuffix("hello, world"))
                try clients[5].send("\u{16}\u{3}\u{1}")
                try clients[6].send(String(repeating: Self.get("/api/hello"), count: 50))
                for client in clients { if round % 2 == 0 { client.reset() } else { client.close() } }
            }
        }
        #expect(try await host.send(.get, "/api/hello").status == 200)
        _ = try await eventually("all descriptors to be closed") { () -> Bool? in
            // The test's own client may keep a connection or two.
            Self.openFiles(of: host) <= before + 2 ? true : nil
        }
        #expect(await host.stop() == .exited(0))
    }

    @Test func hundredsOfSlowClientsDelayNobody() async throws {
        let host = try await RunningHost(
            app: Workplace.app("hello"),
            settings: ["AzureFunctionsJobHost__extensions__server__headerTime": "00:01:00"]
        )
        let number = try #require(UInt16(host.port))
        try await blocking {
            let request = Array(Self.get("/api/hello", "Connection: close\r\n"))
            let slow = try (0..<200).map { _ in try RawClient(port: number) }
            let quick = try RawClient(port: number)
            for character in request {
                for client in slow { try client.send(String(character)) }
                try quick.send(Self.get("/api/hello"))
                #expect(try quick.read(through: "hello, world").hasPrefix("HTTP/1.1 200 "))
            }
            for client in slow { #expect(try client.read().hasSuffix("hello, world")) }
        }
        #expect(await host.stop() == .exited(0))
    }

    @Test func aStopAnswersWhatHasArrived() async throws {
        let host = try await RunningHost(app: Workplace.app("hello"))
        let number = try #require(UInt16(host.port))
        // Off the loops, so that they see the stop.
        _ = try await host.send(.get, "/api/burn?ms=200")
        let (idle, half, running, streaming, pipelined) = try await blocking {
            let clients = try (0..<5).map { _ in try RawClient(port: number) }
            try clients[0].send(Self.get("/api/hello"))
            _ = try clients[0].read(through: "hello, world")
            try clients[1].send("GET /api/hello HTTP/1.1\r\nHo")
            try clients[2].send(Self.get("/api/burn?ms=1500"))
            try clients[3].send(Self.get("/api/stream?count=20000"))
            _ = try clients[3].read(through: "\r\n\r\n")
            try clients[4].send(Self.get("/api/burn?ms=1500") + Self.get("/api/hello"))
            return (clients[0], clients[1], clients[2], clients[3], clients[4])
        }
        // The calls have begun when the host says something to whoever comes behind them.
        _ = try await host.send(.get, "/api/hello")
        host.process.kill(SIGTERM)
        #expect(await host.process.waitForOutput("Stopping host..."))
        try await blocking {
            #expect(try idle.read().isEmpty)
            try half.send("st: a\r\n\r\n")
            let late = try half.read()
            #expect(late.hasSuffix("hello, world"))
            #expect(late.contains("Connection: close\r\n"))
            #expect(try streaming.read().hasSuffix("19999\n\r\n0\r\n\r\n"))
            let burned = try running.read()
            #expect(burned.hasSuffix("burned 1500 ms"))
            #expect(burned.contains("Connection: close\r\n"))
            let both = try pipelined.read()
            #expect(both.contains("burned 1500 ms"))
            #expect(both.hasSuffix("hello, world"))
        }
        #expect(await host.process.waitForEnd() == .exited(0))
        let isRefused = (try? RawClient(port: number)) == nil
        #expect(isRefused)
    }

    @Test func accessIsLoggedInAFileThatCanBeMovedAway() async throws {
        let folder = try ScratchFolder()
        let host = try await Self.app(#""accessLog": "combined", "accessLogFile": "\#(folder.path)/access.log""#)
            .start()
        let agent = "x\\\" 200\n"
        _ = try await exchange(
            Self.get("/api/f?code=topsecret", "User-Agent: \(agent.dropLast())\r\nConnection: close\r\n"),
            port: host.port
        )
        let first = try await eventually("a line") { folder.read("access.log").flatMap { $0.isEmpty ? nil : $0 } }
        #expect(first.hasPrefix("127.0.0.1 - - ["))
        #expect(first.contains(#" "GET /api/f HTTP/1.1" 200 "#))
        #expect(first.contains(#""x\\\" 200""#))
        #expect(!first.contains("topsecret"))
        #expect(rename(folder.path + "/access.log", folder.path + "/access.log.1") == 0)
        host.process.kill(SIGHUP)
        _ = try await eventually("a new file") { folder.read("access.log") }
        _ = try await exchange(Self.get("/api/f/second", "Connection: close\r\n"), port: host.port)
        let second = try await eventually("a line") { folder.read("access.log").flatMap { $0.isEmpty ? nil : $0 } }
        #expect(second.contains(#""GET /api/f/second HTTP/1.1" 404 "#))
        #expect(folder.read("access.log.1") == first)
        #expect(await host.stop() == .exited(0))
    }

    @Test func accessIsLoggedAmongTheHostsOwnLines() async throws {
        let host = try await Self.app(#""accessLog": "json""#).start(["--log", "json"])
        _ = try await exchange("\0\r\n", port: host.port)
        _ = try await exchange(Self.get("/api/f", "X-ARR-LOG-ID: r-17\r\nConnection: close\r\n"), port: host.port)
        #expect(await host.process.waitForOutput(#""method":"GET","path":"/api/f","status":200,"#))
        #expect(host.process.output.contains(#""request_id":"r-17""#))
        #expect(host.process.output.contains(#""method":"","path":"","status":400,"#))
        #expect(await host.stop() == .exited(0))
    }

    @Test func anAccessLogThatCannotBeOpenedStopsTheStart() async throws {
        let app = try Self.app(#""accessLog": "json", "accessLogFile": "/nowhere/access.log""#)
        let data = try ScratchFolder()
        let start = try await runPostern(["start", "--app", app.folder.path, "--data", data.path, "--port", "0"])
        #expect(start.ending != .exited(0))
        #expect(
            start.errors.contains("The access log '/nowhere/access.log' cannot be opened: No such file or directory.")
        )
    }

    @Test func fewFilesLeaveRoomForTheStore() async throws {
        let data = try ScratchFolder()
        let app = try Self.app("")
        let process = try ChildProcess(
            "/bin/sh",
            [
                "-c", #"ulimit -n 128; exec "$0" "$@""#, Workplace.postern, "start", "--app", app.folder.path, "--data",
                data.path, "--port", "0", "--verbose",
            ],
            environment: RunningHost.environment
        )
        #expect(await process.waitForOutput("64 connections are taken instead of 20000"))
        #expect(await process.waitForOutput("Listening on http://localhost:"))
        let port = process.output.split(separator: "Listening on http://localhost:").last?.prefix { $0.isNumber }
        let number = try #require(port.flatMap { UInt16($0) })
        let answers = try await blocking {
            let clients = try (0..<80).map { _ in try RawClient(port: number) }
            // The last one has its answer when all before it were accepted.
            #expect(try clients[79].read().hasPrefix("HTTP/1.1 503 "))
            return clients[..<79].map { client in
                try? client.send(Self.get("/api/f", "Connection: close\r\n"))
                return (try? client.read().prefix(12)).map(String.init) ?? ""
            }
        }
        #expect(answers.filter { $0 == "HTTP/1.1 200" }.count == 64)
        #expect(try await exchange(Self.get("/api/f", "Connection: close\r\n"), port: "\(number)").contains(" 200 "))
        process.kill(SIGTERM)
        #expect(await process.waitForEnd() == .exited(0))
    }
}
