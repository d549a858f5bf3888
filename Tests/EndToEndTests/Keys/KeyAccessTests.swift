import FunctionKit
import Testing

/// Which key opens what, on the real host over sockets.
struct KeyAccessTests {
    /// Keys set on the folder before the first start: own, other, host, system, extension.
    private func prepared() async throws -> KeyedApp {
        let app = try KeyedApp()
        for (key, value) in [
            ("function.own/default", "own-key"), ("function.other/default", "other-key"),
            ("function.off/default", "off-key"), ("host.function/default", "host-key"),
            ("host.system/any", "system-key"), ("host.system/grid_extension", "grid-key"), ("master", "master-key"),
            // One value in two scopes: the one that comes first in Azure's order counts.
            ("host.function/both", "both-key"), ("host.system/both", "both-key"),
        ] {
            let result = try await app.keys(["set", key, value])
            #expect(result.ending == .exited(0), "\(result.errors)")
            #expect(!result.output.contains(value))
        }
        return app
    }

    @Test func eachKeyOpensWhatItShould() async throws {
        let app = try await prepared()
        let host = try await app.start()
        // Columns: open, own, other, system, boss, off, /admin/functions, an extension.
        let expected: [(String?, [Int])] = [
            (nil, [200, 401, 401, 401, 401, 401, 401, 401]),
            ("", [200, 401, 401, 401, 401, 401, 401, 401]),
            ("wrong", [200, 401, 401, 401, 401, 401, 401, 401]),
            ("Own-Key", [200, 401, 401, 401, 401, 401, 401, 401]),
            ("own-key", [200, 200, 401, 401, 401, 401, 401, 401]),
            ("other-key", [200, 401, 200, 401, 401, 401, 401, 401]),
            ("off-key", [200, 401, 401, 401, 401, 404, 401, 401]),
            ("host-key", [200, 200, 200, 401, 401, 404, 403, 403]),
            ("system-key", [200, 401, 401, 200, 401, 401, 403, 403]),
            ("grid-key", [200, 401, 401, 200, 401, 401, 403, 404]),
            ("both-key", [200, 401, 401, 200, 401, 401, 403, 403]),
            ("master-key", [200, 200, 200, 200, 200, 200, 200, 404]),
        ]
        let paths = KeyedApp.functions.map { "/api/\($0.0)" } + ["/admin/functions", "/runtime/webhooks/grid/x"]
        for (key, statuses) in expected {
            for (path, status) in zip(paths, statuses) {
                let header = try await host.send(.get, path, headers: key.map { ["X-FUNCTIONS-KEY": $0] } ?? [:])
                #expect(header.status == status, "\(path) with the header \(key ?? "missing")")
                let query = try await host.send(.get, path + (key.map { "?a=1&code=\($0)" } ?? ""))
                #expect(query.status == status, "\(path) with the code \(key ?? "missing")")
                if status == 401 || status == 403 { #expect(header.body.isEmpty) }
            }
        }
        for key in expected.compactMap(\.0) where key.hasSuffix("-key") {
            #expect(!host.process.output.contains(key) && !host.process.errors.contains(key))
        }
        #expect(host.process.output.contains("Keys are enforced. To read them: postern keys list --data "))
        #expect(await host.stop() == .exited(0))
    }

    @Test func whatAnAttackerTries() async throws {
        let app = try await prepared()
        let host = try await app.start()
        let wrong: HTTPFields = ["x-functions-key": "wrong"]
        let right: HTTPFields = ["x-functions-key": "own-key"]
        for (path, headers, status) in [
            ("/api/own?code=own-key", wrong, 401), ("/api/own?code=wrong", right, 200),
            ("/api/own?code=wrong&code=own-key", [:], 401), ("/api/own?code=own-key&code=wrong", [:], 200),
            ("/api/own?CODE=own-key", [:], 200), ("/api/own?c%6fde=own%2Dkey", [:], 200),
            ("/api/own?code=", right, 200),
            ("/api/own?code=own-key%00", [:], 401), ("/api/own?code=%FF%FE", [:], 401), ("/api/own?code", [:], 401),
            ("/api/own?code=\(String(repeating: "x", count: 5000))", [:], 401), ("/API/OWN?code=own-key", [:], 200),
            ("/api/own%2f?code=other-key", [:], 404), ("/api/other?code=own-key", [:], 401),
            ("/admin/functions/own/keys?code=own-key", [:], 401), ("/admin//functions?code=host-key", [:], 403),
            ("/%61dmin/functions?code=wrong", [:], 401), ("/ADMIN/host/SystemKeys/_MASTER", [:], 401),
            ("/admin/functions/..%2f..%2fetc/keys?code=master-key", [:], 404),
            ("/admin/functions/own/keys/..%2f..%2fother?code=master-key", [:], 404),
            ("/admin/vfs/etc/passwd?code=master-key", [:], 404), ("/admin/vfs/etc/passwd", [:], 401),
        ] as [(String, HTTPFields, Int)] {
            #expect(try await host.send(.get, path, headers: headers).status == status, "\(path)")
        }
        let long = String(repeating: "k", count: 1 << 20)
        let reply = try await exchange(
            "GET /api/own HTTP/1.1\r\nHost: x\r\nx-functions-key: \(long)\r\n\r\n",
            port: host.port
        )
        #expect(reply.isEmpty || reply.hasPrefix("HTTP/1.1 431"))
        #expect(try await host.send(.get, "/api/own", headers: right).status == 200, "The host goes on")
        #expect(await host.stop() == .exited(0))
    }

    @Test func withoutEnforcementEverybodyIsAnAdmin() async throws {
        let app = try await prepared()
        let host = try await app.start(["--no-auth"])
        for (name, _) in KeyedApp.functions { #expect(try await host.send(.get, "/api/\(name)").status == 200) }
        #expect(try await host.send(.get, "/admin/host/keys").json["keys"].items.count == 2)
        #expect(host.process.output.contains("Keys are not enforced (--no-auth): every caller is an admin."))
        #expect(await host.stop() == .exited(0))
    }
}
