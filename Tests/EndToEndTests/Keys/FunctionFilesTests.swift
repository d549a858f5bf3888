import FunctionKit
import Testing

/// Functions that come and go through the admin API of the real host.
struct FunctionFilesTests {
    @Test func aFunctionComesAndGoes() async throws {
        let app = try KeyedApp()
        let host = try await app.start()
        let headers: HTTPFields = ["x-functions-key": try await app.value("master", "master")]
        #expect(try await host.send(.get, "/api/fresh").status == 404)
        let created = try await host.send(
            .put,
            "/admin/functions/fresh",
            headers: headers,
            body: #"{"config": \#(KeyedApp.descriptor("function")), "files": {"notes/read me.txt": "hi"}}"#
        )
        #expect(created.status == 201)
        #expect(created.headers["Location"] == host.baseURL + "/admin/functions/fresh")
        #expect(created.json["invoke_url_template"].text == host.baseURL + "/api/fresh")
        #expect(app.folder.read("fresh/notes/read me.txt") == "hi")
        let code = try await eventually("the new function's key") { () -> String? in
            try await host.send(.get, "/admin/functions/fresh/keys/default", headers: headers).json["value"].text
        }
        _ = try await eventually("the new function") { () -> Bool? in
            try await host.send(.get, "/api/fresh?code=\(code)").status == 200 ? true : nil
        }
        let shown = try await host.send(.get, "/admin/functions/fresh", headers: headers)
        #expect(shown.json["config"]["bindings"][0]["authLevel"] == "function")
        #expect(try await host.send(.delete, "/admin/functions/fresh", headers: headers).status == 204)
        #expect(app.folder.read("fresh/function.json") == nil)
        _ = try await eventually("the end of the function") { () -> Bool? in
            try await host.send(.get, "/api/fresh?code=\(code)").status == 404 ? true : nil
        }
        #expect(try await host.send(.delete, "/admin/functions/fresh", headers: headers).status == 404)
        #expect(try await host.send(.get, "/api/open").body == "hello, world")
        #expect(await host.stop() == .exited(0))
    }

    @Test func aPathOutsideIsRefused() async throws {
        let app = try KeyedApp()
        let host = try await app.start()
        let headers: HTTPFields = ["x-functions-key": try await app.value("master", "master")]
        for path in ["../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", ".evil", "..\\\\evil.txt"] {
            let body = #"{"config": \#(KeyedApp.descriptor("anonymous")), "files": {"\#(path)": "evil"}}"#
            let reply = try await host.send(.put, "/admin/functions/own", headers: headers, body: body)
            #expect(reply.status == 400)
            #expect(reply.json["error"]["code"] == "invalid_path")
        }
        for name in ["..", "%2e%2e", "..%2fevil", "host", "a%20b"] {
            let reply = try await exchange(
                "PUT /admin/functions/\(name) HTTP/1.1\r\nHost: x\r\nx-functions-key: \(headers["x-functions-key"] ?? "")\r\n"
                    + "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
                port: host.port
            )
            #expect(reply.hasPrefix("HTTP/1.1 400"), "\(name): \(reply.prefix(40))")
        }
        let large = #"{"files": {"a": "\#(String(repeating: "x", count: 9 << 20))"}}"#
        #expect(try await host.send(.put, "/admin/functions/own", headers: headers, body: large).status == 413)
        #expect(app.folder.read("own/function.json") == KeyedApp.descriptor("function"))
        #expect(app.folder.names(in: "own") == ["function.json"])
        #expect(await host.stop() == .exited(0))
    }

    @Test func theArchiveHoldsTheFunctions() async throws {
        let app = try KeyedApp()
        try app.folder.write(#"{"IsEncrypted": false, "Values": {"TOKEN": "not-in-it"}}"#, to: "local.settings.json")
        let text = String(repeating: "0123456789", count: 30_000)
        try app.folder.write(text, to: "own/large.txt")
        let host = try await app.start()
        let headers: HTTPFields = ["x-functions-key": try await app.value("master", "master")]
        let reply = try await host.send(.get, "/admin/functions/download", headers: headers)
        #expect(reply.status == 200)
        #expect(reply.headers["Content-Length"].flatMap { Int($0) } ?? 0 > 300_000)
        #expect(reply.body.contains(text))
        for (name, _) in KeyedApp.functions { #expect(reply.body.contains("\(name)/function.json")) }
        #expect(!reply.body.contains("not-in-it"))
        #expect(await host.stop() == .exited(0))
    }

    @Test func functionsRunByHandWhateverTheirTrigger() async throws {
        let app = try KeyedApp()
        let host = try await app.start()
        let headers: HTTPFields = ["x-functions-key": try await app.value("master", "master")]
        for name in ["own", "OFF"] {
            let reply = try await host.send(
                .post,
                "/admin/functions/\(name)",
                headers: headers,
                body: #"{"input": "x"}"#
            )
            #expect(reply.status == 202)
            #expect(reply.body.isEmpty)
            let waited = try await host.send(
                .post,
                "/admin/functions/\(name)?wait=true",
                headers: headers,
                body: "{}"
            )
            #expect(waited.json["response"]["body"] == "hello, world")
        }
        for body in ["", "null", "x", "[]"] {
            #expect(try await host.send(.post, "/admin/functions/own", headers: headers, body: body).status == 400)
        }
        #expect(try await host.send(.post, "/admin/functions/none", headers: headers, body: "{}").status == 404)
        let synchronized = try await host.send(.post, "/admin/host/synctriggers", headers: headers)
        #expect(synchronized.json["status"] == "success")
        #expect(await host.stop() == .exited(0))
    }
}
