/// What every function is: a value that the host makes once, before its first invocation, and then calls many times at once.
///
/// The host finds the type by the `entryPoint` of `function.json`. A throw from `init` makes this function unavailable
/// (its error is shown in `/admin/functions/{name}/status`); the other functions of the app start all the same, unless the
/// error is an ``AppConfigurationError``, which keeps the whole app from starting.
public protocol Function: Sendable {
    /// Prepares the function; runs once for each start of the host.
    ///
    /// - Parameter app: what lives as long as the app: settings, store, HTTP client, clock, logger.
    init(app: AppContext) async throws
}

/// What answers HTTP requests: a function, or a closure in an ``HTTPHandler``.
public protocol HTTPHandling: Sendable {
    /// Answers one request.
    ///
    /// A throw before the response is returned becomes the response of the error when it is an ``HTTPResponseError``, and
    /// otherwise a 500 without a body, logged with the invocation id. After the return, a failure inside a streamed body
    /// closes the connection: the client sees a body that is cut short, never one that looks whole.
    func respond(to request: HTTPRequest, context: InvocationContext) async throws -> HTTPResponse
}

/// A function that answers HTTP requests (`httpTrigger`); its one requirement beside `init` is
/// ``HTTPHandling/respond(to:context:)``.
public protocol HTTPFunction: Function, HTTPHandling {}

/// What the occurrences of a schedule fire: a function, or a closure in a ``TimerHandler``.
public protocol TimerHandling: Sendable {
    /// Runs once for an occurrence of the schedule. A throw is logged and counted, and never stops the schedule.
    func fire(_ timer: TimerInfo, context: InvocationContext) async throws
}

/// A function that a schedule fires (`timerTrigger`); its one requirement beside `init` is
/// ``TimerHandling/fire(_:context:)``.
public protocol TimerFunction: Function, TimerHandling {}

/// A function that prepares the app before the first request (`warmupTrigger`): the host calls the one named `warmup` once in the
/// life of its process, on the first `GET /admin/warmup`.
public protocol WarmupFunction: Function {
    /// Prepares whatever takes its time: fills caches, opens connections. A throw is logged and has no other effect.
    func warmUp(context: InvocationContext) async throws
}

/// A function that nothing but a call by hand runs (`manualTrigger`): `POST /admin/functions/{name}`, `postern run NAME`.
public protocol ManualFunction: Function {
    /// Runs once. A throw is logged and counted, and whoever waits for the run is told.
    ///
    /// - Parameter input: the `input` of the call's body; empty when it has none.
    func run(_ input: String, context: InvocationContext) async throws
}

/// What receives the messages of a queue: a function, or a closure in a ``QueueHandler``.
public protocol QueueHandling: Sendable {
    /// Handles one message. Returning removes it; a throw makes it visible again after a growing delay, and after
    /// `maxDequeueCount` deliveries (5) it moves to `<queue>-poison`.
    func receive(_ message: QueueMessage, context: InvocationContext) async throws
}

/// A function that receives the messages of a queue (`queueTrigger`), each at least once; its one requirement beside `init`
/// is ``QueueHandling/receive(_:context:)``.
public protocol QueueFunction: Function, QueueHandling {}
