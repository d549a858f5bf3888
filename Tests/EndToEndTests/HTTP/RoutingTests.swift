import FunctionKit
import Testing

/// Which function of an app answers, over real sockets.
struct RoutingTests {
    @Test func theFirstNameWinsAndMethodsAreConstraints() async throws {
        let app = try MirrorApp([
            "alpha": (#""route": "users/{id:int:min(1)}", "methods": ["get"]"#, ""),
            "beta": (#""route": "users/{name}", "methods": ["GET", "Purge"]"#, ""),
            "gamma": (#""route": "users/{name}", "methods": ["post"]"#, ""),
            "Zed": (#""route": "{*rest}", "methods": ["put"]"#, ""),
            "opt": (#""route": "files/{name}.{ext?}""#, ""),
        ])
        let host = try await app.start()
        let rows: [(HTTPMethod, String, String?, [String: String])] = [
            (.get, "/api/users/7", "alpha", ["id": "7"]), (.get, "/api/users/0", "beta", ["name": "0"]),
            (.get, "/API/USERS/Ann%20B", "beta", ["name": "Ann B"]), (.post, "/api/users/7", "gamma", ["name": "7"]),
            (.put, "/api/users/7", "Zed", ["rest": "users/7"]), (.put, "/api", "Zed", [:]),
            (.delete, "/api/users/7", nil, [:]), (.options, "/api/users/7", nil, [:]),
            (HTTPMethod(rawValue: "PURGE"), "/api/users/7", "beta", ["name": "7"]),
            (.get, "/api/files/a.b.c", "opt", ["name": "a.b", "ext": "c"]),
            (.get, "/api/files/a", "opt", ["name": "a"]),
            (.get, "/api/files/a.", nil, [:]), (.get, "/users/7", nil, [:]), (.get, "/api/users//7", nil, [:]),
        ]
        for (method, path, function, route) in rows {
            let answer = try await host.send(method, path)
            guard let function else {
                #expect(answer.status == 404, "\(method) \(path)")
                #expect(answer.body.isEmpty)
                continue
            }
            let sight: Sight = try answer.decode()
            #expect(sight.function == function, "\(method) \(path)")
            #expect(sight.route == route)
        }
        #expect(try await host.send(.head, "/api/users/7").status == 404)
        #expect(try await host.send(.head, "/api/files/a").status == 200)
        await host.stop()
    }

    @Test func whatConflictsIsInErrorAndTheOthersAnswer() async throws {
        let app = try MirrorApp([
            "first": (#""route": "things/{id}", "methods": ["get"]"#, ""),
            "second": (#""route": "/Things/{ID}", "methods": ["get", "post"]"#, ""),
            "third": (#""route": "administrators""#, ""),
            "broken": (#""route": "a/{x:odd}""#, ""),
            "x_1": ("", ""),
        ])
        let host = try await app.start()
        let headers: HTTPFields = ["x-functions-key": try await host.masterKey()]
        #expect(try await host.send(.get, "/api/things/1").decode(Sight.self).function == "first")
        #expect(try await host.send(.post, "/api/things/1").status == 404)
        #expect(try await host.send(.get, "/api/administrators").status == 404)
        #expect(try await host.send(.get, "/api/x_1").decode(Sight.self).function == "x_1")
        for (name, reason) in [
            ("second", "The route specified conflicts with the route defined by function 'first'."),
            ("third", "The specified route conflicts with one or more built in routes."),
            ("broken", "The constraint reference 'odd' could not be resolved"),
        ] {
            let status = try await host.send(.get, "/admin/functions/\(name)/status", headers: headers)
            #expect(status.body.contains(reason), "\(status.body)")
            #expect(try await host.send(.get, "/admin/functions/\(name)", headers: headers).status == 404)
            #expect(try await host.send(.post, "/admin/functions/\(name)", headers: headers, body: "{}").status == 404)
            #expect(host.process.output.contains("The '\(name)' function is in error: "))
        }
        let list = try await host.send(.get, "/admin/functions", headers: headers).json.items
        #expect(list.map { $0["name"] } == ["first", "x_1"])
        await host.stop()
    }

    @Test func aDisabledFunctionAnswersTheMasterKeyAlone() async throws {
        let app = try MirrorApp(["off": (#""authLevel": "function""#, #""disabled": false"#), "on": ("", "")])
        let host = try await app.start(settings: ["AzureWebJobs.off.Disabled": "TRUE"])
        let master: HTTPFields = ["x-functions-key": try await host.masterKey()]
        let wrong: HTTPFields = ["x-functions-key": "wrong"]
        #expect(try await host.send(.get, "/api/off").status == 401)
        #expect(try await host.send(.get, "/api/off", headers: wrong).status == 401)
        #expect(try await host.send(.get, "/api/off", headers: master).decode(Sight.self).function == "off")
        #expect(try await host.send(.get, "/api/on", headers: wrong).status == 200)
        let list = try await host.send(.get, "/admin/functions/off", headers: master)
        #expect(list.body.contains(#""isDisabled":true"#))
        await host.stop()
    }

    @Test func theValuesOfACallerComeFromThreePlaces() async throws {
        let host = try await MirrorApp(["f": (#""route": "f/{c}""#, "")]).start()
        let answer = try await host.send(
            .post,
            "/api/f/route?b=query&b=last&c=query&code=k",
            headers: ["Content-Type": "application/json"],
            body: #"{"a": 1, "b": "body", "c": "body", "l": []}"#
        )
        #expect(try answer.decode(Sight.self).data == ["a": "1", "b": "last", "c": "route"])
        await host.stop()
    }
}
