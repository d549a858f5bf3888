import FunctionKit

/// A key of Azure's `host.json` that has no effect here. Its value is checked all the same: a file that is wrong for Azure
/// should not seem right here.
struct InertKey: Sendable {
    /// What a value may be.
    enum Rule: Sendable {
        case flag
        case number(ClosedRange<Int>)
        case fraction
        case time(ClosedRange<Duration>)
        case choice([String])
    }

    /// The parts of its path.
    let path: [String]
    /// What its value may be.
    let rule: Rule
    /// Why it has no effect, told at the start when it is switched on; nil where nobody would count on an effect.
    let warning: String?

    init(_ path: String, _ rule: Rule, warning: String? = nil) {
        self.path = path.split(separator: ".").map(String.init)
        self.rule = rule
        self.warning = warning
    }

    /// What is wrong with a value; nil when it is in order.
    func complaint(about text: String) -> String? {
        switch rule {
        case .flag: Bool(text.lowercased()) == nil ? "'\(text)' is neither true nor false." : nil
        case .number(let range):
            Int(text).map(range.contains) == true
                ? nil : "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)."
        case .fraction:
            Double(text).map((0...1).contains) == true ? nil : "'\(text)' is not a number from 0 to 1."
        case .time(let range):
            TimeSpanText.parse(text).map(range.contains) == true
                ? nil
                : "'\(text)' is not a time from \(timeSpanText(range.lowerBound)) to \(timeSpanText(range.upperBound))."
        case .choice(let names):
            names.contains { equalsIgnoringASCIICase($0, text) }
                ? nil : "'\(text)' is not one of \(names.joined(separator: ", "))."
        }
    }
}

extension InertKey {
    private static let anyTime = InertKey.Rule.time(.zero...Duration.seconds(922_337_203_686))
    private static let positive = InertKey.Rule.number(1...Int(Int32.max))

    /// All of them: App Service's health counters, Azure's storage leases, its telemetry, its language workers.
    static let all: [InertKey] = [
        InertKey("fileWatchingEnabled", .flag),
        InertKey("healthMonitor.enabled", .flag),
        InertKey("healthMonitor.healthCheckInterval", anyTime),
        InertKey("healthMonitor.healthCheckWindow", anyTime),
        InertKey("healthMonitor.healthCheckThreshold", positive),
        InertKey("healthMonitor.counterThreshold", .fraction),
        InertKey("singleton.lockPeriod", .time(.seconds(15) ... .seconds(60))),
        InertKey("singleton.listenerLockPeriod", .time(.seconds(15) ... .seconds(60))),
        InertKey("singleton.listenerLockRecoveryPollingInterval", anyTime),
        InertKey("singleton.lockAcquisitionTimeout", anyTime),
        InertKey("singleton.lockAcquisitionPollingInterval", anyTime),
        InertKey("aggregator.isEnabled", .flag),
        InertKey("aggregator.batchSize", positive),
        InertKey("aggregator.flushTimeout", anyTime),
        InertKey(
            "concurrency.dynamicConcurrencyEnabled",
            .flag,
            warning: "Set extensions.queues.batchSize and extensions.http.maxConcurrentRequests instead."
        ),
        InertKey("concurrency.snapshotPersistenceEnabled", .flag),
        InertKey("concurrency.maximumFunctionConcurrency", .number(-1...Int(Int32.max))),
        InertKey("concurrency.cpuThreshold", .fraction),
        InertKey("logging.fileLoggingMode", .choice(["never", "always", "debugOnly"])),
        InertKey("managedDependency.enabled", .flag),
        InertKey("sendCanceledInvocationsToWorker", .flag),
        InertKey("metadataProviderTimeout", anyTime),
        InertKey("telemetryMode", .choice(["applicationInsights", "openTelemetry"])),
        InertKey("sequentialRestart", .flag),
        InertKey(
            "extensions.http.dynamicThrottlesEnabled",
            .flag,
            warning: "It asks for counters of App Service. Set extensions.http.maxOutstandingRequests instead."
        ),
        InertKey("extensions.http.enableChunkedRequestBinding", .flag),
    ]
}

extension HostConfigurationReader {
    /// Checks them all; what is to be told at the start.
    mutating func checkInertKeys() -> [String] {
        var warnings: [String] = []
        for key in InertKey.all {
            guard let text = tree[key.path] else { continue }
            let name = key.path.joined(separator: ".")
            if let complaint = key.complaint(about: text) {
                report(name, complaint)
            } else if let warning = key.warning, Bool(text.lowercased()) == true {
                warnings.append("host.json: \(name) has no effect here. \(warning)")
            }
        }
        return warnings
    }
}
