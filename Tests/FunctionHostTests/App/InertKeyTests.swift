import FunctionHost
import Testing

/// Keys of Azure's host.json that have no effect here are checked all the same.
@Suite struct InertKeyTests {
    private func parse(_ text: String, _ environment: [String: String] = [:]) throws -> HostConfiguration {
        try HostConfiguration.parse(Array(text.utf8), environment: environment)
    }

    @Test func azuresOwnDefaultsAreInOrderAndSaidNothingOf() throws {
        let configuration = try parse(
            """
            {"version": "2.0", "functionTimeout": "00:30:00", "watchDirectories": ["Shared"], "watchFiles": ["a.txt"],
             "fileWatchingEnabled": true, "healthMonitor": {"enabled": true, "healthCheckInterval": "00:00:10",
               "healthCheckWindow": "00:02:00", "healthCheckThreshold": 6, "counterThreshold": 0.80},
             "singleton": {"lockPeriod": "00:00:15", "listenerLockPeriod": "00:01:00",
               "listenerLockRecoveryPollingInterval": "00:01:00", "lockAcquisitionTimeout": "10675199.02:48:05.4775807",
               "lockAcquisitionPollingInterval": "00:00:05"},
             "aggregator": {"isEnabled": true, "batchSize": 1000, "flushTimeout": "00:00:30"},
             "concurrency": {"dynamicConcurrencyEnabled": false, "snapshotPersistenceEnabled": true,
               "maximumFunctionConcurrency": 500, "cpuThreshold": 0.8},
             "logging": {"fileLoggingMode": "debugOnly", "console": {"isEnabled": true}, "applicationInsights":
               {"samplingSettings": {"isEnabled": true, "excludedTypes": "Request"}, "enableLiveMetricsFilters": true}},
             "extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)"},
             "managedDependency": {"enabled": true}, "sendCanceledInvocationsToWorker": true,
             "metadataProviderTimeout": "00:00:30", "telemetryMode": "OpenTelemetry", "sequentialRestart": false,
             "extensions": {"http": {"dynamicThrottlesEnabled": false, "enableChunkedRequestBinding": false}}}
            """
        )
        #expect(configuration == HostConfiguration())
    }

    @Test(arguments: [
        (#""healthMonitor": {"enabled": "maybe"}"#, "healthMonitor.enabled: 'maybe' is neither true nor false."),
        (
            #""healthMonitor": {"counterThreshold": 1.5}"#,
            "healthMonitor.counterThreshold: '1.5' is not a number from 0 to 1."
        ),
        (
            #""singleton": {"lockPeriod": "00:00:14"}"#,
            "singleton.lockPeriod: '00:00:14' is not a time from 00:00:15 to 00:01:00."
        ),
        (
            #""singleton": {"listenerLockPeriod": "00:01:01"}"#,
            "singleton.listenerLockPeriod: '00:01:01' is not a time from 00:00:15 to 00:01:00."
        ),
        (
            #""aggregator": {"batchSize": 0}"#,
            "aggregator.batchSize: '0' is not a whole number from 1 to 2147483647."
        ),
        (
            #""logging": {"fileLoggingMode": "sometimes"}"#,
            "logging.fileLoggingMode: 'sometimes' is not one of never, always, debugOnly."
        ),
        (#""telemetryMode": 7"#, "telemetryMode: '7' is not one of applicationInsights, openTelemetry."),
        (
            #""extensions": {"http": {"dynamicThrottlesEnabled": 1}}"#,
            "extensions.http.dynamicThrottlesEnabled: '1' is neither true nor false."
        ),
    ]) func aValueThatCannotBeMeantIsRefused(section: String, problem: String) {
        let error = #expect(throws: HostConfigurationError.self) { try parse("{\"version\": \"2.0\", \(section)}") }
        #expect(error?.problems == ["host.json: \(problem)"])
    }

    @Test func whatOneWouldCountOnIsTold() throws {
        let configuration = try parse(
            #"{"version": "2.0", "concurrency": {"dynamicConcurrencyEnabled": true}}"#,
            ["AzureFunctionsJobHost__extensions__http__dynamicThrottlesEnabled": "True"]
        )
        #expect(
            configuration.notices == [
                "host.json: concurrency.dynamicConcurrencyEnabled has no effect here. "
                    + "Set extensions.queues.batchSize and extensions.http.maxConcurrentRequests instead.",
                "host.json: extensions.http.dynamicThrottlesEnabled has no effect here. "
                    + "It asks for counters of App Service. Set extensions.http.maxOutstandingRequests instead.",
            ]
        )
    }

    @Test(arguments: [
        (["AzureFunctionsJobHost__functionTimeout": "00:00:02"], "timeout 2"),
        (["AZUREFUNCTIONSJOBHOST__FUNCTIONTIMEOUT": "-1"], "timeout none"),
        (["AzureFunctionsJobHost:functionTimeout": "00:00:03"], "timeout 3"),
        (["AzureFunctionsJobHost__functions__0": "x"], "functions x,b"),
        (
            ["AzureFunctionsJobHost__functions__2": "c", "AzureFunctionsJobHost__functions__10": "d"],
            "functions a,b,c,d"
        ),
        (["AzureFunctionsJobHost__functions__1": ""], "functions a"),
        (["AzureFunctionsJobHost__retry__maxRetryCount": "7"], "retry 7"),
        (["AzureFunctionsJobHost__extensions__http__maxConcurrentRequests": "5"], "concurrent 5"),
        (["AzureFunctionsJobHost__extensions__http__customHeaders__X-New": "n"], "headers X-New=n,X-Old=o"),
        (["AzureFunctionsJobHost__extensions__http__customHeaders__x-old": "n"], "headers x-old=n"),
    ]) func theEnvironmentWins(environment: [String: String], outcome: String) throws {
        let configuration = try parse(
            """
            {"version": "2.0", "functions": ["a", "b"], "functionTimeout": "00:00:01",
             "retry": {"strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:01"},
             "extensions": {"http": {"customHeaders": {"X-Old": "o"}}}}
            """,
            environment
        )
        let words = outcome.split(separator: " ")
        let actual =
            switch words[0] {
            case "timeout": configuration.functionTimeout.map { "\($0.components.seconds)" } ?? "none"
            case "functions": configuration.functions.joined(separator: ",")
            case "retry": configuration.retry?.maxRetryCount.map(String.init) ?? "none"
            case "concurrent": configuration.http.maxConcurrentRequests.map(String.init) ?? "none"
            default: configuration.http.customHeaders.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            }
        #expect(actual == words[1])
    }

    @Test(
        arguments: [
            (#"{"maxRetryCount": 3, "delayInterval": "00:00:01", "strategy": "FIXEDDELAY"}"#, nil),
            (#"{"maxRetryCount": "3", "delayInterval": "00:00:00", "strategy": "fixedDelay"}"#, nil),
            (#"{"MaxRetryCount": -1, "MinimumInterval": "00:00:01", "maximuminterval": "00:00:01"}"#, nil),
            (#"{"maxRetryCount": 0, "minimumInterval": "00:00:00", "maximumInterval": "00:00:00"}"#, nil),
            (#"{"strategy": "exponentialBackoff"}"#, "maxRetryCount"), (#"{"maxRetryCount": -2}"#, "maxRetryCount"),
            (#"{"maxRetryCount": 1.5}"#, "maxRetryCount"), (#"{"maxRetryCount": null}"#, "maxRetryCount"),
            (#"{"maxRetryCount": 1}"#, "minimumInterval"),
            (#"{"maxRetryCount": 1, "minimumInterval": "00:00:01"}"#, "maximumInterval"),
            (
                #"{"maxRetryCount": 1, "minimumInterval": "-00:00:01", "maximumInterval": "00:00:01"}"#,
                "minimumInterval"
            ),
            (#"{"maxRetryCount": 1, "minimumInterval": "00:00:02", "maximumInterval": "00:00:01"}"#, "minimumInterval"),
            (#"{"maxRetryCount": 1, "strategy": "fixedDelay"}"#, "delayInterval"),
            (#"{"maxRetryCount": 1, "strategy": "fixedDelay", "delayInterval": "-1"}"#, "delayInterval"),
            (#"{"maxRetryCount": 1, "strategy": "fixedDelay", "delayInterval": "soon"}"#, "delayInterval"),
            (#"{"maxRetryCount": 1, "strategy": "linear"}"#, "strategy"),
        ] as [(String, String?)]
    ) func retryPolicies(text: String, wrongKey: String?) throws {
        let function = functionJSON(httpBinding, more: "\"retry\": \(text),")
        let app = try MemoryAppFiles(functions: ["f": function]).load()
        #expect(app.problems.first?.key == wrongKey.map { "retry.\($0)" })
        // In host.json null is no key at all.
        guard !text.contains("null") else { return }
        let error = (try? parse("{\"version\": \"2.0\", \"retry\": \(text)}")) == nil
        #expect(error == (wrongKey != nil))
    }
}
