import FunctionKit
import Testing

/// Section 5 of Azure's behaviour on the real binary: a `host.json`, and what the running host says of it after a restart.
@Suite(.timeLimit(.minutes(2)))
struct HostJSONTests {
    private static let missing =
        "The host.json file is missing the required 'version' property. "
        + "See https://aka.ms/functions-hostjson for steps to migrate the configuration file."

    private static func wrong(_ version: String, _ hint: String = "") -> String {
        "'\(version)' is an invalid value for host.json 'version' property. We recommend you set the 'version' property to "
            + "'2.0'. \(hint)See https://aka.ms/functions-hostjson for more information on this configuration file."
    }

    private static let version3 =
        "This does not correspond to the function runtime version, only to the schema version of the host.json file. "
    private static let timeout =
        "FunctionTimeout must be greater than 00:00:01 and less than 10675199.02:48:05.4775807."

    /// The text and the first error in the status, whole or its beginning; nil for what runs.
    private static let rows: [(text: String, error: String?)] = [
        ("", "Unable to parse host configuration file '"), ("[]", "Unable to parse host configuration file '"),
        (#"{"version": "2.0"} x"#, "Unable to parse host configuration file '"),
        (#"{"a": 1}"#, missing), (#"{"version": null}"#, missing), (#"{"version": ""}"#, missing),
        (#"{"Version": "2.0"}"#, missing), (#"{"version": 2.0}"#, wrong("2")), (#"{"version": "1.0"}"#, wrong("1.0")),
        (#"{"version": "3.0"}"#, wrong("3.0", version3)), (#"{"version": 3}"#, wrong("3", version3)),
        (#"{"version": "2.0", "functionTimeout": "00:00:00.9"}"#, timeout),
        (#"{"version": "2.0", "functionTimeout": "-00:00:01"}"#, timeout),
        (#"{"version": "2.0", "functionTimeout": "soon"}"#, "host.json: functionTimeout: 'soon' is not a time"),
        (#"{"version": "2.0", "retry": {"maxRetryCount": 1}}"#, "host.json: retry.minimumInterval: It is required"),
        (#"{"version": "2.0", "singleton": {"lockPeriod": "00:00:14"}}"#, "host.json: singleton.lockPeriod: "),
        (
            #"{"version": "2.0", "extensions": {"http": {"maxConcurrentRequests": "x"}}}"#,
            "host.json: extensions.http.maxC"
        ),
        ("{}", nil), ("\u{FEFF}{'version': '2.0', /* c */}", nil), (#"{"version": "2.0", "functionTimeout": ""}"#, nil),
        (#"{"version": "2.0", "functionTimeout": "-1", "more": {"a": [1]}, "EXTENSIONS": {"HTTP": {}}}"#, nil),
        (#"{"version": "1.0", "version": "2.0", "functions": ["F"], "retry": null}"#, nil),
    ]

    @Test func eachIsToldInAzuresWords() async throws {
        let app = try MirrorApp(["f": ("", ""), "g": ("", "")])
        let host = try await app.start()
        let key: HTTPFields = ["x-functions-key": try await host.masterKey()]
        func restart(with text: String) async throws {
            try app.folder.write(text, to: "host.json")
            #expect(try await host.send(.post, "/admin/host/restart", headers: key).status == 200)
        }
        for (index, row) in Self.rows.enumerated() {
            // From a sound app each time, so that nothing is left of the row before.
            try await restart(with: #"{"version": "2.0", "extensions": {"http": {"routePrefix": "r\#(index)"}}}"#)
            _ = try await eventually("row \(index)") {
                try await host.send(.get, "/r\(index)/f").status == 200 ? true : nil
            }
            try await restart(with: row.text)
            guard let error = row.error else {
                _ = try await eventually("an app of \(row.text)") {
                    try await host.send(.get, "/api/f").status == 200 ? true : nil
                }
                #expect(try await host.send(.get, "/admin/host/status", headers: key).json["errors"] == .null)
                continue
            }
            let status = try await eventually("the state Error of \(row.text)") {
                let status = try await host.send(.get, "/admin/host/status", headers: key).json
                return status["state"] == "Error" ? status : nil
            }
            let told = status["errors"].items.first?.text ?? ""
            #expect(told.hasPrefix(error), "\(row.text): \(told)")
            let answer = try await host.send(.get, "/api/f")
            #expect(answer.status == 503)
            #expect(answer.body == "Function host is not running.")
        }
        #expect(try await host.send(.get, "/api/g").status == 404, "The last one lists 'f' alone")
        await host.stop()
    }

    @Test func theCommandLineNamesFunctionsWhateverElseDoes() async throws {
        let app = try MirrorApp(
            host: #"{"version": "2.0", "functions": ["a"]}"#,
            ["a": ("", ""), "b": ("", ""), "c": ("", "")]
        )
        try app.folder.write(
            #"{"IsEncrypted": false, "Values": {"azureFunctionsJobhost__FUNCTIONS__0": "b"}}"#,
            to: "local.settings.json"
        )
        for (arguments, served) in [([], "b"), (["--functions", "c"], "c")] {
            let host = try await app.start(arguments)
            for name in ["a", "b", "c"] {
                #expect(try await host.send(.get, "/api/\(name)").status == (name == served ? 200 : 404), "\(name)")
            }
            await host.stop()
        }
    }
}
