/// What `host.json` says, with defaults for what it does not say and the environment's overrides.
package struct HostConfiguration: Sendable, Equatable {
    /// How long an invocation may take; nil for no limit (`functionTimeout` of `-1`). 30 minutes by default.
    package var functionTimeout: Duration? = .seconds(1800)
    /// The only functions to load; empty for all.
    package var functions: [String] = []
    /// The policy for functions that have none of their own.
    package var retry: RetryPolicy?
    /// What the log keeps.
    package var logLevels = LogLevelRules()
    /// `extensions.http`.
    package var http = HTTPOptions()
    /// `extensions.queues`.
    package var queues = QueueOptions()
    /// `extensions.store`, which is ours.
    package var store = StoreOptions()
    /// `extensions.server`, which is ours.
    package var server = ServerOptions()
    /// The part of `extensions.server`, which is ours, that says how connections reach the host.
    package var transport = TransportOptions()
    /// `extensions.server.compression`, which is ours.
    package var compression = CompressionOptions()
    /// What the file and the environment say, as they say it.
    package var source = ConfigurationSource()
    /// Remarks for the log, such as that the file is empty.
    package var notices: [String] = []

    /// Makes the default configuration.
    package init() {}
}

/// `extensions.http` of `host.json`.
package struct HTTPOptions: Sendable, Equatable {
    /// The part of every URL before the route, without slashes at its ends; may be empty.
    package var routePrefix = "api"
    /// The most requests that run or wait; beyond it the answer is 429. Nil for no limit.
    package var maxOutstandingRequests: Int?
    /// The most requests that run; others wait. Nil for no limit.
    package var maxConcurrentRequests: Int?
    /// Header fields that every answer gets unless it has them, ordered by name.
    package var customHeaders: [Header] = []
    /// `Strict-Transport-Security`; nil unless enabled.
    package var hsts: HSTSOptions?

    /// Makes the default options.
    package init() {}

    /// True when requests may have to wait or be refused.
    package var limitsRequests: Bool { maxOutstandingRequests != nil || maxConcurrentRequests != nil }

    /// A header field.
    package struct Header: Sendable, Equatable {
        /// The field's name.
        package var name: String
        /// Its value.
        package var value: String
    }
}

/// `extensions.http.hsts` of `host.json` (RFC 6797).
package struct HSTSOptions: Sendable, Equatable {
    /// How long a browser remembers to use HTTPS only.
    package var maxAge: Duration = .seconds(30 * 86_400)
    /// Whether subdomains are meant too.
    package var includeSubDomains = false
    /// Whether the site asks for browsers' built-in lists.
    package var preload = false
    /// Host names that get no header, in lower case.
    package var excludedHosts: [String] = []

    /// Makes the default options.
    package init() {}
}

/// `extensions.queues` of `host.json`.
package struct QueueOptions: Sendable, Equatable {
    /// The largest ``batchSize`` that Azure accepts.
    package static let batchSizeMax = 32

    /// How many messages of a queue are taken at once.
    package var batchSize = 16
    /// New messages are taken when this many or fewer of a queue are being handled; half of ``batchSize`` by default.
    package var newBatchThreshold = 8
    /// The longest pause between two looks into an empty queue.
    package var maxPollingInterval: Duration = .seconds(60)
    /// The pause after the first failed delivery of a message; it doubles with each further one. Azure's default is zero, which
    /// spends all five deliveries within a second; ours is 2 seconds, so that they span half a minute. An app whose neighbours
    /// stay away for longer sets more; what ends in the poison queue can be sent again.
    package var visibilityTimeout: Duration = .seconds(2)
    /// How many deliveries a message gets before it moves to the poison queue.
    package var maxDequeueCount = 5

    /// Makes the default options.
    package init() {}
}

/// `extensions.store` of `host.json`; Azure knows no such section.
package struct StoreOptions: Sendable, Equatable {
    /// The smallest bound that ``tenantBytesMax`` may set: 1 MiB.
    package static let tenantBytesMin = 1 << 20

    /// How many bytes the documents of one tenant may have together; nil for no bound but the disk. Beyond it, a batch that adds
    /// more than it removes is refused.
    package var tenantBytesMax: Int?
    /// How many tenants are in memory at once.
    package var openTenantsMax = 10_000
    /// How many documents the tenants in memory may have together.
    package var openDocumentsMax = 10_000_000
    /// How many segment files are open at once.
    package var openFilesMax = 256

    /// Makes the default options.
    package init() {}
}

/// Why an app cannot start: `host.json` is missing or says something that cannot be meant.
package struct HostConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Every problem, one sentence or two each, in Azure's words where Azure has some.
    package var problems: [String]
    /// What kind of reason it is.
    package var cause: Cause

    /// What kind of reason there is.
    package enum Cause: Sendable, Equatable {
        /// There is no `host.json`.
        case missing
        /// It cannot be read now.
        case unreadable
        /// It says something that cannot be meant.
        case content
    }

    /// Makes an error.
    package init(_ problems: [String], cause: Cause = .content) {
        self.problems = problems
        self.cause = cause
    }

    /// The problems, one a line.
    package var description: String { problems.joined(separator: "\n") }
}
