import FunctionHost
import Testing

/// Every way in which a function's folder can be wrong: input → the exact problem.
@Suite struct DescriptorProblemTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var problems: [String]
        init(_ text: String, _ problems: String...) {
            self.text = text
            self.problems = problems
        }
        var testDescription: String { text }
    }

    static func bindings(_ bindings: String, _ problems: String...) -> Row {
        var row = Row(functionJSON(bindings))
        row.problems = problems
        return row
    }

    private func check(_ row: Row) throws {
        let files = MemoryAppFiles(functions: ["bad": row.text, "good": functionJSON(httpBinding)])
        let app = try files.load(settings: ["SHORT": "x", "EMPTY": ""])
        #expect(app.problems.map(\.description) == row.problems.map { "bad/function.json: \($0)" })
        #expect(app.functions.map(\.name) == ["good"])
    }

    @Test(arguments: [
        Row("", "The file is not valid JSON: line 1, column 1: the file is empty."),
        Row("  \n // only a comment", "The file is not valid JSON: line 2, column 19: the file is empty."),
        Row("not json", "The file is not valid JSON: line 1, column 1: expected a value, found 'n'."),
        Row("{\n  \"a\": }", "The file is not valid JSON: line 2, column 8: expected a value, found '}'."),
        Row("{} {}", "The file is not valid JSON: line 1, column 4: unexpected '{' after the end of the value."),
        Row(
            "{\"a\": 1",
            "The file is not valid JSON: line 1, column 8: expected ',' or '}', found the end of the file."
        ),
        Row("\u{1}\u{2}", "The file is not valid JSON: line 1, column 1: expected a value, found byte 0x01."),
        Row("[]", "The file must hold a JSON object, not a list."),
        Row("null", "The file must hold a JSON object, not null."),
        Row(
            String(repeating: "[", count: 100_000),
            "The file is not valid JSON: line 1, column 65: nested deeper than 64 levels."
        ),
    ]) func theFileIsNoJSONObject(_ row: Row) throws { try check(row) }

    @Test(arguments: [
        Row("{}", "bindings: At least one binding must be declared."),
        Row(
            #"{"scriptFile": "a\u0000b", "entryPoint": 7, "bindings": [\#(httpBinding)]}"#,
            "scriptFile: It must name the function's library, such as \"libTicketSync.so\".",
            "entryPoint: 7 does not name a type as Module.Type, such as \"TicketSync.TicketSync\"."
        ),
        Row(
            #"{"scriptFile": 7, "entryPoint": "X", "bindings": []}"#,
            "bindings: At least one binding must be declared.",
            "scriptFile: It must name the function's library, such as \"libTicketSync.so\".",
            "entryPoint: \"X\" does not name a type as Module.Type, such as \"TicketSync.TicketSync\"."
        ),
        Row(
            #"{"scriptFile": "x.so", "entryPoint": "X.Y.Z", "bindings": {}}"#,
            "bindings: The bindings must be a list, not an object.",
            "entryPoint: \"X.Y.Z\" does not name a type as Module.Type, such as \"TicketSync.TicketSync\"."
        ),
        Row(
            #"{"scriptFile": "x.so", "entryPoint": "X.1", "bindings": [\#(httpBinding)]}"#,
            "entryPoint: \"X.1\" does not name a type as Module.Type, such as \"TicketSync.TicketSync\"."
        ),
        Row(
            functionJSON(httpBinding, more: #""configurationSource": "magic","#),
            "configurationSource: Illegal value 'magic' for 'configurationSource' property in bad'."
        ),
        Row(
            functionJSON(httpBinding, more: #""ConfigurationSource": 7,"#),
            "configurationSource: Illegal value '7' for 'configurationSource' property in bad'."
        ),
        // Azure reads the bindings, then the head, and only then looks at what the bindings say.
        Row(
            functionJSON(
                #"{"type": "httpTrigger", "name": "a_b"}"#,
                more: #""configurationSource": "", "retry": {"strategy": "fixedDelay"},"#
            ),
            "configurationSource: Illegal value '' for 'configurationSource' property in bad'.",
            "retry.maxRetryCount: It is required: a whole number, -1 to repeat for ever.",
            "bindings[0].name: The binding name a_b is invalid. Please assign a valid name to the binding."
        ),
        Row(
            functionJSON(httpBinding, more: #""retry": {"strategy": ["fixedDelay"], "maxRetryCount": 1},"#),
            #"retry.strategy: '["fixedDelay"]' is not a retry strategy. Use fixedDelay or exponentialBackoff."#
        ),
        Row(
            functionJSON(httpBinding, more: #""settings": "A","#),
            "settings: The settings must be a list of names, not a string."
        ),
        Row(
            functionJSON(httpBinding, more: #""settings": ["A", "", 7, "A=B"],"#),
            "settings[1]: \"\" is not the name of an app setting.",
            "settings[2]: 7 is not the name of an app setting.",
            "settings[3]: \"A=B\" is not the name of an app setting."
        ),
        Row(
            functionJSON(httpBinding, more: #""retry": {"strategy": "often", "maxRetryCount": 1},"#),
            "retry.strategy: 'often' is not a retry strategy. Use fixedDelay or exponentialBackoff."
        ),
        Row(
            functionJSON(httpBinding, more: #""retry": {"strategy": "fixedDelay"},"#),
            "retry.maxRetryCount: It is required: a whole number, -1 to repeat for ever."
        ),
        Row(
            functionJSON(httpBinding, more: #""retry": {"strategy": "fixedDelay", "maxRetryCount": -2},"#),
            "retry.maxRetryCount: It must be a whole number of at least -1 (for ever)."
        ),
        Row(
            functionJSON(httpBinding, more: #""retry": {"strategy": "fixedDelay", "maxRetryCount": 2},"#),
            "retry.delayInterval: It is required by this strategy: a time such as 00:00:05."
        ),
        Row(
            functionJSON(
                httpBinding,
                more: #""retry": {"maxRetryCount": 2, "minimumInterval": "00:01:00", "maximumInterval": "00:00:01"},"#
            ),
            "retry.minimumInterval: It must not be longer than 'maximumInterval'."
        ),
    ]) func theHeadIsWrong(_ row: Row) throws { try check(row) }

    @Test(arguments: [
        bindings("7", "bindings[0]: A binding must be an object, not a number."),
        bindings(
            "\(httpBinding), \(httpBinding)",
            "bindings[1].name: Multiple bindings with name 'req' discovered. Binding names must be unique."
        ),
        bindings(
            #"\#(httpBinding), {"type": "timerTrigger", "name": "t", "schedule": "0 * * * * *"}"#,
            "bindings: Multiple trigger bindings defined. A function can only have a single trigger binding."
        ),
        bindings(
            #"{"type": "http", "name": "res", "direction": "out"}"#,
            "bindings: No trigger binding specified. A function must have a trigger input binding."
        ),
        bindings(
            #"{"type": "httpTrigger", "name": "res", "direction": "out"}"#,
            "bindings: No trigger binding specified. A function must have a trigger input binding."
        ),
        bindings(
            #"{"type": "eventHubTrigger", "name": "e"}"#,
            "bindings[0].type: The binding type(s) 'eventHubTrigger' are not registered. "
                + "Please ensure the type is correct and the binding extension is installed."
        ),
        bindings(
            #"{"name": "e"}"#,
            "bindings[0].type: Binding 'e' is invalid. Bindings must specify a Type."
        ),
        bindings(
            #"{"type": "httpTrigger", "name": "my_req"}"#,
            "bindings[0].name: The binding name my_req is invalid. Please assign a valid name to the binding."
        ),
        bindings(
            #"{"type": "httpTrigger"}"#,
            "bindings[0].name: The binding name  is invalid. Please assign a valid name to the binding."
        ),
        bindings(
            #"\#(httpBinding), {"type": "http", "name": "$return"}"#,
            "bindings[1].direction: $return bindings must specify a direction of 'out'."
        ),
        bindings(
            #"\#(httpBinding), {"type": "http", "name": "res", "direction": "in"}"#,
            "bindings[1].direction: Http binding can only be used for output."
        ),
        bindings(
            #"{"type": "httpTrigger", "name": "req", "direction": "sideways"}"#,
            "bindings[0].direction: 'sideways' is not a valid binding direction."
        ),
        bindings(
            #"{"type": "httpTrigger", "name": "req", "dataType": "float", "cardinality": "few"}"#,
            "bindings[0].dataType: 'float' is not a valid dataType. Use undefined, string, binary, stream.",
            "bindings[0].cardinality: 'few' is not a valid cardinality. Use one, many."
        ),
    ]) func aBindingIsWrong(_ row: Row) throws { try check(row) }

    @Test(arguments: [
        bindings(
            #"{"type": "httpTrigger", "name": "req", "authLevel": "root"}"#,
            "bindings[0].authLevel: \"root\" is not an authorization level. "
                + "Use anonymous, function, system, admin or user."
        ),
        bindings(
            #"{"type": "httpTrigger", "name": "req", "methods": ["brew", "a b", 1]}"#,
            "bindings[0].methods[1]: \"a b\" is not an HTTP method. Use get, post, put and so on.",
            "bindings[0].methods[2]: 1 is not an HTTP method. Use get, post, put and so on."
        ),
        bindings(
            #"{"type": "httpTrigger", "name": "req", "methods": "get", "route": ["x"]}"#,
            "bindings[0].methods: The methods must be a list such as [\"get\", \"post\"], not a string.",
            "bindings[0].route: The route must be a text, not a list."
        ),
        bindings(
            #"{"type": "timerTrigger", "name": "t"}"#,
            "bindings[0].schedule: A timerTrigger needs a schedule: an NCRONTAB expression such as '0 */5 * * * *', "
                + "a TimeSpan such as '00:05:00', or '%SETTING%'."
        ),
        bindings(
            #"{"type": "timerTrigger", "name": "t", "schedule": "%EMPTY%"}"#,
            "bindings[0].schedule: '%EMPTY%' does not resolve to a value."
        ),
        bindings(
            #"{"type": "timerTrigger", "name": "t", "schedule": "ab %EVERY"}"#,
            "bindings[0].schedule: The '%' at position 3 does not have a closing '%'"
        ),
        bindings(
            #"{"type": "timerTrigger", "name": "t", "schedule": "0 0 0 * * 7"}"#,
            "bindings[0].schedule: The schedule expression '0 0 0 * * 7' was not recognized as a valid cron expression or "
                + "timespan string. The day-of-week field has '7'; write 0 to 6 (0 is Sunday) or a day's English name."
        ),
        bindings(
            #"{"type": "timerTrigger", "name": "t", "schedule": "0 * * * * *", "runOnStartup": "maybe"}"#,
            "bindings[0].runOnStartup: \"maybe\" is neither true nor false."
        ),
        bindings(
            #"{"type": "queueTrigger", "name": "m"}"#,
            "bindings[0].queueName: A queueTrigger needs a queueName, "
                + "such as 'portal-signing-notify' or '%SETTING%'."
        ),
        bindings(
            #"{"type": "queueTrigger", "name": "m", "queueName": "%SHORT%"}"#,
            "bindings[0].queueName: 'x' is not a valid queue name. "
                + "Use 3 to 63 characters of a-z, 0-9 and single dashes inside."
        ),
    ]) func aTriggerIsWrong(_ row: Row) throws { try check(row) }

    @Test(arguments: ["1st", "host", "HOST", "a.b", "with space", "-x", "é", String(repeating: "n", count: 129)])
    func aNameIsInvalid(_ name: String) throws {
        let app = try MemoryAppFiles(functions: [name: functionJSON(httpBinding)]).load()
        #expect(app.problems.map(\.reason) == ["'\(name)' is not a valid function name."])
        #expect(app.functions.isEmpty)
    }

    @Test func aNameInBothPlacesIsServedFromTheRoot() throws {
        let files = MemoryAppFiles(functions: [
            "Sync": functionJSON(httpBinding), "Functions/sync": functionJSON(httpBinding),
        ])
        let app = try files.load()
        #expect(app.functions.map(\.folder) == ["/app/Sync"])
        #expect(
            app.problems.map(\.description) == [
                "Functions/sync/function.json: The function or proxy name 'sync' must be unique within the function app."
            ]
        )
    }

    @Test func aHugeFileIsRefusedUnread() throws {
        var files = MemoryAppFiles(functions: ["good": functionJSON(httpBinding)])
        files.files["/app/huge/function.json"] = Array(repeating: 0x20, count: AppFolder.descriptorBytesMax + 1)
        files.files["/app/locked/function.json"] = []
        files.failures["/app/locked/function.json"] = .unreadable("Permission denied")
        let app = try files.load()
        #expect(app.functions.map(\.name) == ["good"])
        #expect(
            app.problems.map(\.description) == [
                "huge/function.json: The file is larger than 1048576 bytes.",
                "locked/function.json: The file cannot be read: Permission denied.",
            ]
        )
    }

    @Test func binaryGarbageIsReported() throws {
        var files = MemoryAppFiles(functions: [:])
        for seed in UInt8(0)..<64 {
            let bytes = (0..<200).map { UInt8(truncatingIfNeeded: ($0 &+ 7) &* (Int(seed) &* 31 &+ 11)) }
            files.files["/app/f\(seed)/function.json"] = bytes
        }
        let app = try files.load()
        #expect(app.functions.isEmpty)
        #expect(Set(app.problems.map(\.functionName)).count == 64)
    }

    @Test func everyProblemOfEveryFunctionIsReported() throws {
        let wrong = #"{"scriptFile": 1, "entryPoint": "x"}"#
        let app = try MemoryAppFiles(functions: ["a": wrong, "b": wrong, "c": "x"]).load()
        #expect(app.problems.map(\.functionName) == ["a", "a", "a", "b", "b", "b", "c"])
        #expect(
            FunctionProblem.logLine(functionName: "c", problems: app.problems)
                == "The 'c' function is in error: c/function.json: The file is not valid JSON: "
                + "line 1, column 1: expected a value, found 'x'."
        )
    }
}
