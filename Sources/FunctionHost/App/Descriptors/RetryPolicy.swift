/// How often and after which pauses a failed execution is repeated (`retry` of function.json or host.json).
package struct RetryPolicy: Sendable, Equatable {
    /// How long to wait before a repetition.
    package enum Delay: Sendable, Equatable {
        /// The same pause each time.
        case fixed(Duration)
        /// A pause that doubles from `minimum` to `maximum`, with jitter.
        case exponential(minimum: Duration, maximum: Duration)
    }

    /// The most repetitions; nil for ever (`-1`).
    package var maxRetryCount: Int?
    /// How long to wait.
    package var delay: Delay

    /// Makes a policy.
    package init(maxRetryCount: Int?, delay: Delay) {
        self.maxRetryCount = maxRetryCount
        self.delay = delay
    }
}

extension RetryPolicy {
    /// How much an exponential pause varies: a fifth, so that those who failed together do not come again together.
    static let jitter = 0.2

    /// How long to wait before the `number`-th repetition, from 1 on. Of an exponential policy the first pause is the minimum; the
    /// one before repetition n + 1 adds 2 to the power of n - 1 minima to it, varied by the jitter, and ends at the maximum.
    ///
    /// - Parameter fraction: a random number from 0 to 1, for the jitter.
    package func pause(beforeRetry number: Int, fraction: Double) -> Duration {
        switch delay {
        case .fixed(let pause): return pause
        case .exponential(let minimum, let maximum):
            guard number > 1 else { return minimum }
            let doublings = min(number - 2, 30)
            // Held below what the jitter could still bring below the maximum before it is multiplied, so that nothing overflows.
            guard minimum < maximum / (1 << doublings) * 2 else { return maximum }
            let added = minimum * (1 << doublings) * (1 + Self.jitter * (2 * fraction - 1))
            return min(minimum + added, maximum)
        }
    }

    /// A key below `retry` with what is wrong with it.
    package struct Problem: Error, Equatable {
        /// The key, nil for `retry` itself.
        package var key: String?
        /// What is wrong and what to do.
        package var reason: String
    }

    /// Azure's warning at the start about a policy of a function that neither a timer nor Cosmos DB triggers. Here such policies
    /// work all the same; the warning is for a folder that moves to Azure.
    static func supportWarning(for functionName: String) -> String {
        "Soon retries will not be supported for function '\(functionName)'. "
            + "For more information, please visit http://aka.ms/func-retry-policies."
    }

    /// Reads the policy of a JSON object with Azure's rules: `strategy` is `fixedDelay` or `exponentialBackoff` (the
    /// default), `maxRetryCount` is required.
    package init(_ value: JSONValue) throws(Problem) {
        guard value.members != nil else {
            throw Problem(key: nil, reason: "The retry policy must be an object, not \(value.kindName).")
        }
        maxRetryCount = try Self.count(in: value)
        let strategy = value.member(ignoringCase: "strategy").flatMap { $0.isNull ? nil : $0 }
        let name = strategy.map { $0.scalarText ?? $0.text } ?? "exponentialBackoff"
        switch name.lowercased() {
        case "fixeddelay":
            delay = .fixed(try Self.interval("delayInterval", in: value))
        case "exponentialbackoff":
            let minimum = try Self.interval("minimumInterval", in: value)
            let maximum = try Self.interval("maximumInterval", in: value)
            guard minimum <= maximum else {
                throw Problem(key: "minimumInterval", reason: "It must not be longer than 'maximumInterval'.")
            }
            delay = .exponential(minimum: minimum, maximum: maximum)
        default:
            throw Problem(
                key: "strategy",
                reason: "'\(name)' is not a retry strategy. Use fixedDelay or exponentialBackoff."
            )
        }
    }

    private static func count(in value: JSONValue) throws(Problem) -> Int? {
        guard let member = value.member(ignoringCase: "maxRetryCount"), !member.isNull else {
            throw Problem(key: "maxRetryCount", reason: "It is required: a whole number, -1 to repeat for ever.")
        }
        guard let count = member.int, (-1...Int(Int32.max)).contains(count) else {
            throw Problem(key: "maxRetryCount", reason: "It must be a whole number of at least -1 (for ever).")
        }
        return count < 0 ? nil : count
    }

    private static func interval(_ name: String, in value: JSONValue) throws(Problem) -> Duration {
        guard let member = value.member(ignoringCase: name), !member.isNull else {
            throw Problem(key: name, reason: "It is required by this strategy: a time such as 00:00:05.")
        }
        guard let interval = member.scalarText.flatMap(TimeSpanText.parse), interval >= .zero else {
            throw Problem(key: name, reason: "It must be a time of at least zero, such as 00:00:05.")
        }
        return interval
    }
}
