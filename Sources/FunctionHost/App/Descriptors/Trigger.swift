package import FunctionKit

/// What invokes a function.
package enum Trigger: Sendable, Equatable {
    /// A request to its route.
    case http(HTTPTrigger)
    /// Its schedule.
    case timer(TimerTrigger)
    /// A message in its queue.
    case queue(QueueTrigger)
    /// The first `GET /admin/warmup`.
    case warmup
    /// A call by hand alone.
    case manual

    /// The type as `function.json` spells it: `httpTrigger`.
    package var typeName: String {
        switch self {
        case .http: "httpTrigger"
        case .timer: "timerTrigger"
        case .queue: "queueTrigger"
        case .warmup: "warmupTrigger"
        case .manual: "manualTrigger"
        }
    }
}

/// A function that answers requests.
package struct HTTPTrigger: Sendable, Equatable {
    /// The route template without the app's prefix; the function's name when the file gives none.
    package var route: String
    /// The methods as written; empty for any. A route conflict compares them case-sensitively, a request does not.
    package var methods: [String]
    /// What a key must open. Azure's `user` is `admin` here: without its sign-in service only the master key opens it.
    package var authLevel: AccessLevel

    /// Makes a trigger.
    package init(route: String, methods: [String] = [], authLevel: AccessLevel = .function) {
        self.route = route
        self.methods = methods
        self.authLevel = authLevel
    }
}

/// A function that a schedule fires.
package struct TimerTrigger: Sendable, Equatable {
    /// The schedule with its `%settings%` filled in; not yet parsed.
    package var schedule: String
    /// Also fires once when the host starts.
    package var runOnStartup: Bool
    /// Keeps its status, so that a missed run is caught up after a stop.
    package var useMonitor: Bool
    /// What becomes of occurrences that could not run at their time (ours).
    package var missed: MissedRunPolicy

    /// Makes a trigger.
    package init(
        schedule: String,
        runOnStartup: Bool = false,
        useMonitor: Bool = true,
        missed: MissedRunPolicy = .once
    ) {
        self.missed = missed
        self.schedule = schedule
        self.runOnStartup = runOnStartup
        self.useMonitor = useMonitor
    }
}

/// A function that receives a queue's messages.
package struct QueueTrigger: Sendable, Equatable {
    /// The queue, with `%settings%` filled in.
    package var queueName: QueueName
    /// The name of the setting that holds the storage connection under Azure; the store needs none.
    package var connection: String?

    /// Makes a trigger.
    package init(queueName: QueueName, connection: String? = nil) {
        self.queueName = queueName
        self.connection = connection
    }
}

/// A queue that a function leaves messages in.
package struct QueueOutputBinding: Sendable, Equatable {
    /// The name by which code refers to it.
    package var name: String
    /// The queue, with `%settings%` filled in.
    package var queueName: QueueName

    /// Makes a binding.
    package init(name: String, queueName: QueueName) {
        self.name = name
        self.queueName = queueName
    }
}
