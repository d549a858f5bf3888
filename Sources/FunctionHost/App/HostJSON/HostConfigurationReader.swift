import FunctionKit

/// Turns the leaves of `host.json` into a configuration and gathers what cannot be meant.
struct HostConfigurationReader {
    let tree: ConfigurationTree
    private var problems: [String] = []

    init(tree: ConfigurationTree) { self.tree = tree }

    mutating func read() throws(HostConfigurationError) -> HostConfiguration {
        var configuration = HostConfiguration()
        configuration.functionTimeout = functionTimeout(fallback: configuration.functionTimeout)
        configuration.functions = tree.list(at: "functions").filter { !$0.isEmpty }
        configuration.retry = retry()
        configuration.logLevels = logLevels()
        configuration.http = httpOptions()
        configuration.queues = queueOptions()
        configuration.store = storeOptions()
        configuration.server = serverOptions()
        configuration.transport = transportOptions()
        configuration.compression = compressionOptions()
        configuration.source.tree = tree
        configuration.notices += checkInertKeys()
        guard problems.isEmpty else { throw HostConfigurationError(problems) }
        return configuration
    }

    mutating func report(_ key: String, _ reason: String) { problems.append("host.json: \(key): \(reason)") }

    private mutating func functionTimeout(fallback: Duration?) -> Duration? {
        // An empty text is none, as for .NET's binder: `AzureFunctionsJobHost__functionTimeout=` takes the file's value back.
        guard let text = tree["functionTimeout"], !text.isEmpty else { return fallback }
        guard let timeout = TimeSpanText.parse(text) else {
            report("functionTimeout", "'\(text)' is not a time such as 00:05:00, nor -1 for no limit.")
            return fallback
        }
        if timeout == .seconds(-86_400) { return nil }
        guard timeout >= .seconds(1) else {
            let longest = "10675199.02:48:05.4775807"
            problems.append("FunctionTimeout must be greater than 00:00:01 and less than \(longest).")
            return fallback
        }
        return timeout
    }

    private mutating func retry() -> RetryPolicy? {
        guard let value = tree.object(at: "retry") else { return nil }
        do {
            return try RetryPolicy(value)
        } catch {
            report(error.key.map { "retry.\($0)" } ?? "retry", error.reason)
            return nil
        }
    }

    private mutating func logLevels() -> LogLevelRules {
        var rules = LogLevelRules()
        for (category, text) in tree.children(of: "logging", "logLevel") {
            if let threshold = LogLevelRules.threshold(named: text) {
                rules.set(threshold, for: category)
            } else {
                let names = "Trace, Debug, Information, Warning, Error, Critical or None"
                report("logging.logLevel.\(category)", "'\(text)' is not a log level. Use \(names).")
            }
        }
        return rules
    }

    private mutating func httpOptions() -> HTTPOptions {
        var options = HTTPOptions()
        if let prefix = tree["extensions", "http", "routePrefix"] { options.routePrefix = trimmed(prefix) }
        if options.routePrefix.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "?") }) {
            report("extensions.http.routePrefix", "'\(options.routePrefix)' must be plain text without { and ?.")
        }
        options.maxOutstandingRequests = requestLimit("maxOutstandingRequests")
        options.maxConcurrentRequests = requestLimit("maxConcurrentRequests")
        for (name, value) in tree.children(of: "extensions", "http", "customHeaders") {
            let isValid = !name.isEmpty && name.utf8.allSatisfy(isTokenByte) && value.utf8.allSatisfy(isFieldByte)
            if isValid {
                options.customHeaders.append(HTTPOptions.Header(name: name, value: value))
            } else {
                report("extensions.http.customHeaders.\(name)", "The name or the value is not fit for a header field.")
            }
        }
        options.hsts = hstsOptions()
        return options
    }

    private mutating func requestLimit(_ name: String) -> Int? {
        let path = ["extensions", "http", name]
        guard let text = tree[path[0], path[1], path[2]] else { return nil }
        guard let limit = Int(text), limit == -1 || limit > 0 else {
            report(path.joined(separator: "."), "'\(text)' is neither a whole number above 0 nor -1 for no limit.")
            return nil
        }
        return limit < 0 ? nil : limit
    }

    private mutating func hstsOptions() -> HSTSOptions? {
        let key = "extensions.http.hsts"
        var options = HSTSOptions()
        let isEnabled = flag(tree["extensions", "http", "hsts", "isEnabled"], key: "\(key).isEnabled")
        if let text = tree["extensions", "http", "hsts", "maxAge"] {
            if let age = TimeSpanText.parse(text), age >= .zero {
                options.maxAge = age
            } else {
                report("\(key).maxAge", "'\(text)' is not a time of at least zero, such as 30.00:00:00.")
            }
        }
        options.includeSubDomains = flag(
            tree["extensions", "http", "hsts", "includeSubDomains"],
            key: "\(key).includeSubDomains"
        )
        options.preload = flag(tree["extensions", "http", "hsts", "preload"], key: "\(key).preload")
        options.excludedHosts = tree.children(of: "extensions", "http", "hsts", "excludedHosts").map {
            $0.text.lowercased()
        }
        return isEnabled ? options : nil
    }

    private mutating func flag(_ text: String?, key: String) -> Bool {
        guard let text else { return false }
        if let flag = Bool(text.lowercased()) { return flag }
        report(key, "'\(text)' is neither true nor false.")
        return false
    }
}

extension HostConfigurationReader {
    private mutating func storeOptions() -> StoreOptions {
        var options = StoreOptions()
        options.openTenantsMax = storeNumber("openTenantsMax") ?? options.openTenantsMax
        options.openDocumentsMax = storeNumber("openDocumentsMax") ?? options.openDocumentsMax
        options.openFilesMax = storeNumber("openFilesMax") ?? options.openFilesMax
        guard let text = tree["extensions", "store", "tenantBytesMax"] else { return options }
        if let bytes = Int(text), bytes >= StoreOptions.tenantBytesMin {
            options.tenantBytesMax = bytes
        } else if text != "-1" {
            let least = StoreOptions.tenantBytesMin
            report(
                "extensions.store.tenantBytesMax",
                "'\(text)' is neither a whole number of at least \(least) nor -1 for no limit."
            )
        }
        return options
    }

    private mutating func storeNumber(_ name: String) -> Int? {
        guard let text = tree["extensions", "store", name] else { return nil }
        if let number = Int(text), number >= 1 { return number }
        report("extensions.store.\(name)", "'\(text)' is not a whole number of at least 1.")
        return nil
    }

    private mutating func queueOptions() -> QueueOptions {
        var options = QueueOptions()
        options.batchSize = queueNumber("batchSize", in: 1...QueueOptions.batchSizeMax) ?? options.batchSize
        options.newBatchThreshold = queueNumber("newBatchThreshold", in: 0...Int(Int32.max)) ?? options.batchSize / 2
        options.maxDequeueCount = queueNumber("maxDequeueCount", in: 1...Int(Int32.max)) ?? options.maxDequeueCount
        let day = Duration.seconds(86_400)
        if let interval = queueTime("maxPollingInterval", in: .milliseconds(100)...day) {
            options.maxPollingInterval = interval
        }
        checkMessageEncoding()
        if let timeout = queueTime("visibilityTimeout", in: .zero...(day * 7)) { options.visibilityTimeout = timeout }
        return options
    }

    /// Azure's queues keep texts as base64 or as they stand; the store needs neither, so the key is checked and has no effect.
    private mutating func checkMessageEncoding() {
        guard let text = tree["extensions", "queues", "messageEncoding"] else { return }
        guard !["base64", "none"].contains(text.lowercased()) else { return }
        report("extensions.queues.messageEncoding", "'\(text)' is not an encoding of messages. Use base64 or none.")
    }

    private mutating func queueNumber(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = tree["extensions", "queues", name] else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        let bounds =
            range.upperBound == Int(Int32.max)
            ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        report("extensions.queues.\(name)", "'\(text)' is not a whole number \(bounds).")
        return nil
    }

    private mutating func queueTime(_ name: String, in range: ClosedRange<Duration>) -> Duration? {
        guard let text = tree["extensions", "queues", name] else { return nil }
        if let time = TimeSpanText.parse(text), range.contains(time) { return time }
        report(
            "extensions.queues.\(name)",
            "'\(text)' is not a time from \(range.lowerBound) to \(range.upperBound), such as 00:00:30."
        )
        return nil
    }
}

private func trimmed(_ prefix: String) -> String {
    var text = prefix[...]
    while text.first == "/" { text.removeFirst() }
    while text.last == "/" { text.removeLast() }
    return String(text)
}

/// A byte of a field name (RFC 9110, section 5.6.2).
func isTokenByte(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || (0x30...0x39).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
}

/// A byte of a field value (RFC 9110, section 5.5).
private func isFieldByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }
