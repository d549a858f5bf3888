import FunctionHost
import FunctionKit
import Testing

/// What a sound app folder turns into.
@Suite struct DescriptorTests {
    @Test func functionsOfBothPlacesComeInTheOrderOfTheirNames() throws {
        let files = MemoryAppFiles(functions: [
            "b-two": functionJSON(httpBinding), "Functions/A-one": functionJSON(httpBinding),
            "Functions/c_3": functionJSON(httpBinding), "docs/deep/x": functionJSON(httpBinding),
        ])
        let app = try files.load()
        #expect(app.functions.map(\.name) == ["A-one", "b-two", "c_3"])
        #expect(app.functions.map(\.folder) == ["/app/Functions/A-one", "/app/b-two", "/app/Functions/c_3"])
        #expect(app.problems.isEmpty)
    }

    @Test func anHTTPTriggerHasAzuresDefaults() throws {
        let app = try MemoryAppFiles(functions: ["hello": functionJSON(httpBinding)]).load()
        let function = try #require(app.functions.first)
        #expect(function.trigger == .http(HTTPTrigger(route: "hello", methods: [], authLevel: .function)))
        #expect(function.scriptFile == "libX.so")
        #expect(function.entryPoint.module == "X")
        #expect(function.entryPoint.typeName == "X")
        #expect(function.file == "hello/function.json")
        #expect(function.source == Array(functionJSON(httpBinding).utf8))
        #expect(!function.isDisabled)
    }

    @Test(arguments: [
        ("hello", "Hello"), ("ticket-sync", "TicketSync"), ("client_hub-sso", "ClientHubSso"),
        ("portalAPI_v2", "PortalAPIV2"), ("X", "X"), ("a--b_", "AB"), ("part-2-of-3", "Part2Of3"),
    ])
    func aFolderThatDeclaresBindingsOnlyIsNamedByItsFolder(folder: String, module: String) throws {
        for head in ["", #""scriptFile": null, "entryPoint": null, "#, #""scriptFile": "", "entryPoint": "", "#] {
            let text = #"{\#(head)"bindings": [\#(httpBinding)]}"#
            let app = try MemoryAppFiles(functions: [folder: text]).load()
            #expect(app.problems.isEmpty)
            let function = try #require(app.functions.first)
            #expect(function.scriptFile == "lib\(module).so")
            #expect(function.entryPoint.description == "\(module).\(module)")
        }
    }

    @Test func eachOfTheTwoNamesHasItsOwnDefault() throws {
        let app = try MemoryAppFiles(functions: [
            "a": #"{"scriptFile": "other.so", "bindings": [\#(httpBinding)]}"#,
            "b": #"{"entryPoint": "Other.Kind", "bindings": [\#(httpBinding)]}"#,
        ]).load()
        #expect(app.functions.map(\.scriptFile) == ["other.so", "libB.so"])
        #expect(app.functions.map(\.entryPoint.description) == ["A.A", "Other.Kind"])
    }

    struct Row: Sendable {
        var binding: String
        var trigger: Trigger
    }

    @Test(arguments: [
        Row(
            binding:
                #"{"type": "httptrigger", "NAME": "req", "Route": "a/{b}", "METHODS": ["get", "PoSt"], "authlevel": "Anonymous"}"#,
            trigger: .http(HTTPTrigger(route: "a/{b}", methods: ["get", "PoSt"], authLevel: .anonymous))
        ),
        Row(
            binding: #"{"type": "httpTrigger", "name": "req", "route": "  ", "methods": null, "authLevel": "user"}"#,
            trigger: .http(HTTPTrigger(route: "f", methods: [], authLevel: .admin))
        ),
        Row(binding: #"{"type": "MANUALTRIGGER", "name": "input"}"#, trigger: .manual),
        Row(
            binding: #"{"type": "timerTrigger", "name": "t", "schedule": "0 */5 * * * *"}"#,
            trigger: .timer(TimerTrigger(schedule: "0 */5 * * * *"))
        ),
        Row(
            binding:
                #"{"type": "timerTrigger", "name": "t", "schedule": "%EVERY%", "runOnStartup": "True", "useMonitor": false}"#,
            trigger: .timer(TimerTrigger(schedule: "00:05:00", runOnStartup: true, useMonitor: false))
        ),
    ]) func triggersAreRead(_ row: Row) throws {
        let app = try MemoryAppFiles(functions: ["f": functionJSON(row.binding)]).load(settings: ["EVERY": "00:05:00"])
        #expect(app.problems.isEmpty)
        #expect(app.functions.first?.trigger == row.trigger)
    }

    @Test func aQueueTriggerNamesItsQueue() throws {
        let binding = #"{"type": "queueTrigger", "name": "m", "queueName": "jobs-%STAGE%", "connection": "Store"}"#
        let app = try MemoryAppFiles(functions: ["f": functionJSON(binding)]).load(settings: ["STAGE": "test"])
        let trigger = QueueTrigger(queueName: try QueueName("jobs-test"), connection: "Store")
        #expect(app.functions.first?.trigger == .queue(trigger))
    }

    @Test(arguments: [
        ("AzureWebJobs.f.Disabled", "1", true), ("AzureWebJobs.f.Disabled", "TRUE", true),
        ("AzureWebJobs_f_Disabled", "true", true), ("AzureWebJobs.f.Disabled", "0", false),
        ("AzureWebJobs.f.Disabled", "yes", false), ("AzureWebJobs.g.Disabled", "1", false),
    ]) func onlyAppSettingsDisable(_ setting: String, _ value: String, _ isDisabled: Bool) throws {
        let text = functionJSON(httpBinding, more: #""disabled": true,"#)
        let app = try MemoryAppFiles(functions: ["f": text]).load(settings: [setting: value])
        #expect(app.functions.first?.isDisabled == isDisabled)
    }

    @Test func eitherSettingDisables() throws {
        let files = MemoryAppFiles(functions: ["f": functionJSON(httpBinding)])
        for (dotted, underscored) in [("", "1"), ("false", "true"), ("1", "0"), ("True", "")] {
            let app = try files.load(
                settings: ["AzureWebJobs.f.Disabled": dotted, "AzureWebJobs_f_Disabled": underscored]
            )
            #expect(app.functions.first?.isDisabled == true, "\(dotted), \(underscored)")
        }
    }

    @Test func lenientJSONIsRead() throws {
        let text = """
            // the library
            {'scriptFile': "libX.so", entryPoint: "X.X", /* the
               trigger */ "bindings": [{"type": "httpTrigger", "name": "req",},],
            }
            """
        #expect(try MemoryAppFiles(functions: ["f": "\u{FEFF}" + text]).load().functions.count == 1)
    }

    @Test func outputsStandBesideTheTrigger() throws {
        let outputs = #"\#(httpBinding), {"type": "http", "name": "$return", "direction": "out"}, "#
        let queue = #"{"type": "queue", "name": "jobs", "direction": "OUT", "queueName": "jobs"}"#
        let app = try MemoryAppFiles(functions: ["f": functionJSON(outputs + queue)]).load()
        #expect(app.problems.isEmpty)
        #expect(app.functions.first?.bindings.map(\.direction) == [.in, .out, .out])
    }

    @Test func theAllowListDropsOthersWithTheirProblems() throws {
        let functions = ["one": functionJSON(httpBinding), "two": "broken", "Three": functionJSON(httpBinding)]
        let host = #"{"version": "2.0", "functions": ["ONE", "three"]}"#
        let app = try MemoryAppFiles(functions: functions, host: host).load()
        #expect(app.functions.map(\.name) == ["one", "Three"])
        #expect(app.problems.isEmpty)
        let narrowed = try MemoryAppFiles(functions: functions, host: host)
            .load(environment: ["AzureFunctionsJobHost__functions__0": "two"])
        #expect(narrowed.functions.map(\.name) == ["Three"])
        #expect(narrowed.problems.map(\.functionName) == ["two"])
    }

    @Test(arguments: [
        (
            #"{"strategy": "fixedDelay", "maxRetryCount": 3, "delayInterval": "00:00:05"}"#, 3,
            RetryPolicy.Delay.fixed(.seconds(5))
        ),
        (
            #"{"maxRetryCount": -1, "minimumInterval": "00:00:01", "maximumInterval": "00:01:00"}"#, nil,
            RetryPolicy.Delay.exponential(minimum: .seconds(1), maximum: .seconds(60))
        ),
    ]) func retryPoliciesAreRead(_ text: String, _ count: Int?, _ delay: RetryPolicy.Delay) throws {
        let app = try MemoryAppFiles(functions: ["f": functionJSON(httpBinding, more: #""retry": \#(text),"#)]).load()
        #expect(app.functions.first?.retry == RetryPolicy(maxRetryCount: count, delay: delay))
    }

    @Test func theSettingsThatAFunctionNamesAreGathered() throws {
        let binding = #"{"type": "queueTrigger", "name": "m", "queueName": "%QUEUE%", "connection": "Store"}"#
        let text = functionJSON(binding, more: #""settings": ["PSA_API_URL", "MODE?", "QUEUE?"],"#)
        let app = try MemoryAppFiles(functions: ["f": text]).load()
        // The queue's setting is missing, so the function is in error; what it names is known all the same.
        #expect(app.problems.map(\.reason) == ["'%QUEUE%' does not resolve to a value."])
        let uses = try #require(app.settingUses.first).uses
        #expect(
            uses == [
                SettingUse(name: "PSA_API_URL"), SettingUse(name: "MODE", isOptional: true), SettingUse(name: "QUEUE"),
                SettingUse(name: "Store", isOptional: true),
            ]
        )
    }

    @Test func aThousandFunctionsLoad() throws {
        var functions: [String: String] = [:]
        for index in 0..<1000 { functions["f\(index)"] = functionJSON(httpBinding) }
        #expect(try MemoryAppFiles(functions: functions).load().functions.count == 1000)
    }
}
