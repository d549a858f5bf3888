import FunctionKit
import Testing

/// Section 1 of Azure's behaviour on the real binary: a `function.json` and what `/admin/functions/{name}/status` says of it.
struct FunctionJSONTests {
    private static let library = #""scriptFile": "libLookingGlass.so", "entryPoint": "LookingGlass.LookingGlass""#
    private static let trigger = #"{"type": "httpTrigger", "name": "req", "authLevel": "anonymous"}"#
    private static let output = #"{"type": "http", "name": "$return", "direction": "out"}"#
    private static let inUse = "Please ensure the type is correct and the binding extension is installed."

    private static func bindings(_ bindings: String..., more: String = "") -> String {
        "{\(library), \(more)\"bindings\": [\(bindings.joined(separator: ", "))]}"
    }

    private static func head(_ more: String) -> String { bindings(trigger, output, more: more + ", ") }

    /// The text and the first thing that is wrong with it, without file and key; nil for what runs.
    private static let rows: [(text: String, error: String?)] = [
        ("{}", "At least one binding must be declared."),
        (#"{"bindings": null}"#, "At least one binding must be declared."),
        (#"{"bindings": []}"#, "At least one binding must be declared."),
        (#"{"configurationSource": "x", "bindings": []}"#, "At least one binding must be declared."),
        (
            bindings(#"{"type": "httpTrigger", "name": "req", "direction": "up"}"#),
            "'up' is not a valid binding direction."
        ),
        (
            bindings(#"{"type": "httpTrigger", "name": "r_q"}"#),
            "The binding name r_q is invalid. Please assign a valid name to the binding."
        ),
        (
            bindings(#"{"type": "httpTrigger"}"#),
            "The binding name  is invalid. Please assign a valid name to the binding."
        ),
        (
            bindings(#"{"type": "httpTrigger", "name": "$return"}"#),
            "$return bindings must specify a direction of 'out'."
        ),
        (bindings(#"{"name": "x"}"#), "Binding 'x' is invalid. Bindings must specify a Type."),
        (
            bindings(trigger, #"{"type": "http", "name": "REQ", "direction": "out"}"#),
            "Multiple bindings with name 'REQ' discovered. Binding names must be unique."
        ),
        (
            bindings(trigger, #"{"type": "timerTrigger", "name": "t"}"#),
            "Multiple trigger bindings defined. A function can only have a single trigger binding."
        ),
        (bindings(output), "No trigger binding specified. A function must have a trigger input binding."),
        (bindings(trigger, #"{"type": "http", "name": "res"}"#), "Http binding can only be used for output."),
        (
            bindings(#"{"type": "fooTrigger", "name": "b"}"#),
            "The binding type(s) 'fooTrigger' are not registered. \(inUse)"
        ),
        (
            bindings(#"{"type": "queueTrigger", "name": "m", "queueName": "%nope%"}"#),
            "'%nope%' does not resolve to a value."
        ),
        (
            bindings(#"{"type": "queueTrigger", "name": "m", "queueName": "a%nope"}"#),
            "The '%' at position 1 does not have a closing '%'"
        ),
        (
            head(#""ConfigurationSource": "magic""#),
            "Illegal value 'magic' for 'configurationSource' property in NAME'."
        ),
        (
            head(#""scriptFile": "none.so""#),
            "Invalid script file name configuration. The 'scriptFile' property is set to a file that does not exist."
        ),
        (
            head(#""retry": {"strategy": "fixedDelay", "delayInterval": "00:00:01"}"#),
            "It is required: a whole number, -1 to repeat for ever."
        ),
        (
            head(#""retry": {"maxRetryCount": 1, "minimumInterval": "00:00:02", "maximumInterval": "00:00:01"}"#),
            "It must not be longer than 'maximumInterval'."
        ),
        // What runs although it looks odd.
        (head(#""disabled": true, "excluded": true, "language": "x", "generatedBy": "y", "name": "z""#), nil),
        (head(#""retry": {"strategy": "FIXEDDELAY", "maxRetryCount": "-1", "delayInterval": "00:00:00"}"#), nil),
        (bindings(#"{"TYPE": "HTTPTRIGGER", "Name": "req", "DIRECTION": "IN", "AuthLevel": "Anonymous"}"#), nil),
        (
            "\u{FEFF}// c\n{\(library), 'bindings': [{type: 'httpTrigger', name: 'req', authLevel: 'anonymous',}, /* d */],}",
            nil
        ),
    ]

    @Test func eachIsToldInAzuresWords() async throws {
        let app = try ScratchFolder()
        try app.write(#"{"version": "2.0"}"#, to: "host.json")
        for (index, row) in Self.rows.enumerated() { try app.write(row.text, to: "f\(index)/function.json") }
        for name in ["host", "1st", "a.b"] { try app.write(Self.head(#""x": 1"#), to: "\(name)/function.json") }
        let host = try await RunningHost(app: app.path)
        let key: HTTPFields = ["x-functions-key": try await host.masterKey()]
        func status(_ name: String) async throws -> Answer {
            try await host.send(.get, "/admin/functions/\(name)/status", headers: key)
        }
        for (index, row) in Self.rows.enumerated() {
            let name = "f\(index)"
            let told = try await status(name)
            let answer = try await host.send(.get, "/api/\(name)")
            guard let error = row.error else {
                #expect(told.body == "{}", "\(row.text)")
                #expect(answer.status == 200, "\(row.text)")
                continue
            }
            // The first error ends with Azure's text, or goes on with the remedy.
            let first = try #require(told.json["errors"].items.first?.text, "\(row.text): \(told.body)")
            let expected = error.replacing("NAME", with: name)
            #expect(first.hasPrefix("\(name)/function.json: "))
            #expect(first.contains(": \(expected)"), "\(row.text): \(first)")
            #expect(answer.status == 404)
            #expect(host.process.output.contains("The '\(name)' function is in error: \(name)/function.json: "))
        }
        for name in ["host", "1st", "a.b"] {
            #expect(try await status(name).body.contains("'\(name)' is not a valid function name."))
        }
        await host.stop()
    }
}
