import FunctionKit
import Testing

/// Keys that change while the host serves, and what a crash leaves of them.
struct KeyChangeTests {
    private static let master = "/admin/host/systemkeys/_master"

    @Test func anAnsweredChangeSurvivesACrash() async throws {
        let app = try KeyedApp()
        var host = try await app.start()
        var master = try await app.value("master", "master")
        for round in 0..<3 {
            let created = try await host.send(.post, "/admin/functions/own/keys/k\(round)", headers: key(master))
            let rotated = try await host.send(.post, Self.master, headers: key(master))
            await host.crash()
            #expect(created.status == 201)
            #expect(rotated.status == 201)
            let value = try #require(created.json["value"].text)
            let old = master
            master = try #require(rotated.json["value"].text)
            host = try await app.start()
            #expect(try await host.send(.get, "/api/own", headers: key(value)).status == 200)
            #expect(try await host.send(.get, Self.master, headers: key(old)).status == 401)
            #expect(try await host.send(.get, Self.master, headers: key(master)).json["value"].text == master)
            let deleted = try await host.send(.delete, "/admin/functions/own/keys/k\(round)", headers: key(master))
            #expect(deleted.status == 204)
            await host.crash()
            host = try await app.start()
            #expect(try await host.send(.get, "/api/own", headers: key(value)).status == 401)
        }
        #expect(await host.stop() == .exited(0))
    }

    @Test func requestsGoOnWhileKeysRotate() async throws {
        let app = try KeyedApp()
        _ = try await app.keys(["set", "host.function/steady", "steady"])
        let host = try await app.start()
        let master = try await app.value("master", "master")
        let path = "/admin/host/functionkeys/default"
        let last = LockedState<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<30 {
                        let reply = try await host.send(.post, path, headers: self.key(master))
                        #expect(reply.status == 200)
                        let value = try #require(reply.json["value"].text)
                        last.withLock { $0.append(value) }
                        let used = try await host.send(.get, "/api/own", headers: self.key(value)).status
                        #expect(used == 200 || used == 401, "Mine, or another rotation came in between")
                    }
                }
            }
            for _ in 0..<4 {
                group.addTask { () async throws in
                    for _ in 0..<50 {
                        #expect(try await host.send(.get, "/api/own", headers: self.key("steady")).status == 200)
                        #expect(try await host.send(.get, "/api/own", headers: self.key("wrong")).status == 401)
                    }
                }
            }
            try await group.waitForAll()
        }
        let values = last.withLock { $0 }
        #expect(Set(values).count == 60)
        var open: [String] = []
        for value in values where try await host.send(.get, "/api/own", headers: key(value)).status == 200 {
            open.append(value)
        }
        let shown = try await host.send(.get, path, headers: key(master)).json["value"].text
        #expect(open == [shown], "One of all rotations has won, and it is the one that is shown")
        #expect(try await app.value("host.function", "default") == shown, "And the one that is stored")
        #expect(await host.stop() == .exited(0))
    }

    @Test func namesAndValuesComeBackAsTheyWere() async throws {
        let app = try KeyedApp()
        let host = try await app.start()
        let master = key(try await app.value("master", "master"))
        for name in ["a%2Fb", "%C3%BC%20%E2%9D%A4", "%2541", "A%20b%3Fc%23d"] {
            let path = "/admin/functions/OWN/keys/\(name)"
            let body = "{\"value\": \"cl\u{E9} \u{2764} =&+%\"}"
            let created = try await host.send(.put, path, headers: master, body: body)
            #expect(created.status == 201)
            #expect(created.headers["Location"] == host.baseURL + path)
            let code = "cl%C3%A9+%E2%9D%A4+%3D%26%2B%25"
            #expect(try await host.send(.get, "/api/own?code=\(code)").status == 200)
            #expect(try await host.send(.get, "/api/other?code=\(code)").status == 401)
            #expect(try await host.send(.delete, path, headers: master).status == 204)
            #expect(try await host.send(.get, "/api/own?code=\(code)").status == 401)
        }
        let long = #"{"value": "\#(String(repeating: "v", count: 1 << 20))"}"#
        #expect(try await host.send(.put, "/admin/host/keys/long", headers: master, body: long).status == 413)
        let empty = try await host.send(.put, "/admin/host/keys/empty", headers: master, body: #"{"value": ""}"#)
        #expect(empty.status == 400)
        #expect(empty.body == "Invalid key value")
        #expect(await host.stop() == .exited(0))
    }

    private func key(_ value: String) -> HTTPFields { ["x-functions-key": value] }
}
