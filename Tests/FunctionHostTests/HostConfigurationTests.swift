import FunctionHost
import FunctionKit
import Testing

/// `host.json`: what it says, what the environment overrides, and what cannot be meant.
@Suite struct HostConfigurationTests {
    private func parse(_ text: String, _ environment: [String: String] = [:]) throws -> HostConfiguration {
        try HostConfiguration.parse(Array(text.utf8), environment: environment)
    }

    @Test func theDefaultsAreAzures() throws {
        let configuration = try parse(#"{"version": "2.0", "unknown": {"key": [1, 2]}}"#)
        #expect(configuration == HostConfiguration())
        #expect(configuration.functionTimeout == .seconds(1800))
        #expect(configuration.http == HTTPOptions())
        #expect(configuration.http.routePrefix == "api")
        #expect(configuration.queues.batchSize == 16)
        #expect(configuration.queues.newBatchThreshold == 8)
        #expect(configuration.queues.maxDequeueCount == 5)
        #expect(configuration.store.tenantBytesMax == nil)
        #expect(configuration.queues.maxPollingInterval == .seconds(60))
    }

    @Test func everythingIsRead() throws {
        let configuration = try parse(
            """
            { // lenient
              'version': "2.0", "functionTimeout": "00:05:00", "functions": ["a", "b"],
              "retry": {"strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:01"},
              "logging": {"logLevel": {"default": "Warning", "Function": "Information", "Function.noisy": "None"}},
              "extensions": {
                "http": {"routePrefix": "/v1/", "maxOutstandingRequests": 20, "maxConcurrentRequests": -1,
                  "customHeaders": {"X-B": "2", "X-A": "1"},
                  "hsts": {"isEnabled": true, "maxAge": "10.00:00:00", "includeSubDomains": true, "excludedHosts": ["Localhost"]}},
                "queues": {"batchSize": 32, "maxPollingInterval": "00:00:02", "visibilityTimeout": "00:00:10", "maxDequeueCount": 3},
                "store": {"tenantBytesMax": 1048576, "openTenantsMax": 5, "openFilesMax": 20, "openDocumentsMax": 7},
              },
            }
            """
        )
        #expect(configuration.functionTimeout == .seconds(300))
        #expect(configuration.functions == ["a", "b"])
        #expect(configuration.retry == RetryPolicy(maxRetryCount: 2, delay: .fixed(.seconds(1))))
        #expect(configuration.logLevels.threshold(for: "Host.Startup") == .from(.warning))
        #expect(configuration.logLevels.threshold(for: "function.x") == .from(.information))
        #expect(configuration.logLevels.threshold(for: "Function.noisy.User") == .off)
        #expect(configuration.http.routePrefix == "v1")
        #expect(configuration.http.maxOutstandingRequests == 20)
        #expect(configuration.http.maxConcurrentRequests == nil)
        #expect(configuration.http.customHeaders.map(\.name) == ["X-A", "X-B"])
        #expect(configuration.http.hsts?.maxAge == .seconds(864_000))
        #expect(configuration.http.hsts?.includeSubDomains == true)
        #expect(configuration.http.hsts?.preload == false)
        #expect(configuration.http.hsts?.excludedHosts == ["localhost"])
        #expect(configuration.queues.batchSize == 32)
        #expect(configuration.queues.newBatchThreshold == 16)
        #expect(configuration.queues.maxPollingInterval == .seconds(2))
        #expect(configuration.queues.visibilityTimeout == .seconds(10))
        #expect(configuration.queues.maxDequeueCount == 3)
        #expect(configuration.store.tenantBytesMax == 1_048_576)
        #expect(configuration.store.openTenantsMax == 5)
        #expect(configuration.store.openFilesMax == 20)
        #expect(configuration.store.openDocumentsMax == 7)
    }

    @Test func theEnvironmentOverridesByPathAndIndex() throws {
        let text = #"{"version": "2.0", "functions": ["a", "b"], "extensions": {"http": {"routePrefix": "x"}}}"#
        let configuration = try parse(
            text,
            [
                "AzureFunctionsJobHost__extensions__HTTP__routeprefix": "", "azurefunctionsjobhost__functions__1": "c",
                "AzureFunctionsJobHost:functionTimeout": "-1",
                "AzureFunctionsJobHost__logging__logLevel__default": "debug",
                "AzureFunctionsJobHost": "ignored", "Other__functions__0": "z",
            ]
        )
        #expect(configuration.http.routePrefix == "")
        #expect(configuration.functions == ["a", "c"])
        #expect(configuration.functionTimeout == nil)
        #expect(configuration.logLevels.threshold(for: "anything") == .from(.debug))
    }

    @Test(arguments: [#""functionTimeout": """#, #""functionTimeout": null"#, #""functionTimeout": {}"#])
    func aTimeoutThatIsEmptyIsAzuresDefault(_ member: String) throws {
        #expect(try parse(#"{"version": "2.0", \#(member)}"#).functionTimeout == .seconds(1800))
        let overridden = try parse(
            #"{"version": "2.0", "functionTimeout": "00:01:00"}"#,
            ["AzureFunctionsJobHost__functionTimeout": ""]
        )
        #expect(overridden.functionTimeout == .seconds(1800))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var problems: [String]
        init(_ text: String, _ problems: String...) {
            self.text = text
            self.problems = problems
        }
        var testDescription: String { text }
    }

    static let seeAlso = "See https://aka.ms/functions-hostjson for more information on this configuration file."
    static let missingVersion =
        "The host.json file is missing the required 'version' property. "
        + "See https://aka.ms/functions-hostjson for steps to migrate the configuration file."
    static let recommended = "We recommend you set the 'version' property to '2.0'. "

    @Test(arguments: [
        Row("", "Unable to parse host configuration file 'host.json'. (line 1, column 1: the file is empty)"),
        Row(
            "{",
            "Unable to parse host configuration file 'host.json'. "
                + "(line 1, column 2: expected a name or '}', found the end of the file)"
        ),
        Row("[]", "Unable to parse host configuration file 'host.json'. (It holds a list, not an object.)"),
        Row(#"{"extensions": {}}"#, missingVersion),
        Row(
            #"{"version": "1.0"}"#,
            "'1.0' is an invalid value for host.json 'version' property. \(recommended)\(seeAlso)"
        ),
        Row(#"{"version": 2.0}"#, "'2' is an invalid value for host.json 'version' property. \(recommended)\(seeAlso)"),
        Row(#"{"version": null}"#, missingVersion), Row(#"{"version": ""}"#, missingVersion),
        Row(#"{"Version": "2.0"}"#, missingVersion),
        Row(
            #"{"version": true}"#,
            "'True' is an invalid value for host.json 'version' property. \(recommended)\(seeAlso)"
        ),
        Row(
            #"{"version": "3.0"}"#,
            "'3.0' is an invalid value for host.json 'version' property. \(recommended)"
                + "This does not correspond to the function runtime version, "
                + "only to the schema version of the host.json file. \(seeAlso)"
        ),
        Row(
            #"{"version": "2.0", "functionTimeout": "00:00:00.5"}"#,
            "FunctionTimeout must be greater than 00:00:01 and less than 10675199.02:48:05.4775807."
        ),
        Row(
            #"{"version": "2.0", "functionTimeout": "soon", "logging": {"logLevel": {"Host": "loud"}}}"#,
            "host.json: functionTimeout: 'soon' is not a time such as 00:05:00, nor -1 for no limit.",
            "host.json: logging.logLevel.Host: 'loud' is not a log level. "
                + "Use Trace, Debug, Information, Warning, Error, Critical or None."
        ),
        Row(
            #"{"version": "2.0", "extensions": {"queues": {"batchSize": 33, "maxDequeueCount": 0, "visibilityTimeout": "x"}}}"#,
            "host.json: extensions.queues.batchSize: '33' is not a whole number from 1 to 32.",
            "host.json: extensions.queues.maxDequeueCount: '0' is not a whole number of at least 1.",
            "host.json: extensions.queues.visibilityTimeout: "
                + "'x' is not a time from 0.0 seconds to 604800.0 seconds, such as 00:00:30."
        ),
        Row(
            #"{"version": "2.0", "extensions": {"store": {"tenantBytesMax": 1000, "openFilesMax": "many", "openTenantsMax": 0}}}"#,
            "host.json: extensions.store.openTenantsMax: '0' is not a whole number of at least 1.",
            "host.json: extensions.store.openFilesMax: 'many' is not a whole number of at least 1.",
            "host.json: extensions.store.tenantBytesMax: "
                + "'1000' is neither a whole number of at least 1048576 nor -1 for no limit."
        ),
        Row(
            #"{"version": "2.0", "extensions": {"http": {"maxConcurrentRequests": 0, "customHeaders": {"a b": "1", "X": "a\nb"}}}}"#,
            "host.json: extensions.http.maxConcurrentRequests: "
                + "'0' is neither a whole number above 0 nor -1 for no limit.",
            "host.json: extensions.http.customHeaders.X: The name or the value is not fit for a header field.",
            "host.json: extensions.http.customHeaders.a b: The name or the value is not fit for a header field."
        ),
        Row(
            #"{"version": "2.0", "retry": {"strategy": "fixedDelay"}}"#,
            "host.json: retry.maxRetryCount: It is required: a whole number, -1 to repeat for ever."
        ),
    ]) func whatCannotBeMeantIsRefused(_ row: Row) {
        let error = #expect(throws: HostConfigurationError.self) { try parse(row.text) }
        #expect(error?.problems == row.problems)
    }

    @Test func aMissingFileIsNoProject() {
        let error = #expect(throws: HostConfigurationError.self) { try MemoryAppFiles().load() }
        #expect(
            error?.description == "Unable to find project root. Expecting to find one of host.json in project root. "
                + "Looked in '/app'; name another folder with --app."
        )
    }

    @Test func anEmptyObjectMeansTheDefaults() throws {
        let configuration = try parse("{}")
        #expect(configuration.notices == ["Empty host configuration file found. Using the default configuration."])
        #expect(configuration.http.routePrefix == "api")
    }

    @Test(
        arguments: [
            ("00:00:05", 5), ("01:02", 3720), ("1.02:03:04", 93_784), ("7", 604_800), ("-1", -86_400),
            (" 00:01:00 ", 60),
            ("24:00:00", 2_073_600), ("23:59:59", 86_399), ("00:00:01.5", nil), ("00:60:00", nil), ("1:2:3:4", 93_784),
            ("", nil), ("x", nil), ("-", nil), ("1.", nil), ("99999999999", nil), ("00:00:01.12345678", nil),
            ("10:", nil),
        ] as [(String, Int?)]
    ) func timeSpansReadAsInDotNet(_ text: String, _ seconds: Int?) {
        let parsed = TimeSpanText.parse(text)
        if text == "00:00:01.5" {
            #expect(parsed == .milliseconds(1500))
        } else {
            #expect(parsed == seconds.map { .seconds($0) })
        }
    }
}
