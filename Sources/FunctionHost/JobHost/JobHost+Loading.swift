import DocumentStore
import FunctionKit

extension JobHost {
    /// Loads the functions of an app and makes what serves them; nothing answers, fires or listens yet.
    ///
    /// A function that is broken is among the app's problems, and the others are loaded.
    /// - Parameter reading: what has been read of the app already; nil to read it now.
    /// - Throws: ``HostStartError`` when the app cannot be understood, when a function says that the app must not start, and when
    ///   the caller is cancelled.
    @concurrent
    static func load(_ parts: HostParts, _ reading: AppReading?) async throws(HostStartError) -> JobHost {
        let loaded = try (reading ?? AppReading(parts.options, settings: parts.settings)).get()
        let loader = FunctionLoader(
            library: FunctionLibrary(search: parts.options.librarySearch),
            clock: parts.clock,
            context: { parts.context(for: $0, loaded.configuration) }
        )
        let (functions, problems) = try await loader.load(loaded.functions)
        let app = makeApp(parts, loaded, functions, problems)
        for notice in loaded.configuration.notices + functions.flatMap(\.descriptor.warnings) {
            parts.log("Startup").warning(notice)
        }
        return JobHost(parts: parts, app: app, timers: makeTimers(parts, app), queues: makeQueues(parts, app))
    }

    private static func makeApp(
        _ parts: HostParts,
        _ loaded: LoadedApp,
        _ functions: [LoadedFunction],
        _ loadProblems: [FunctionProblem]
    ) -> RunningApp {
        let configuration = loaded.configuration
        let (routes, routeProblems) = RouteTable.make(
            for: functions.map(\.descriptor),
            prefix: configuration.http.routePrefix
        )
        let refused = Set(routeProblems.map(\.functionName))
        return RunningApp(
            configuration: configuration,
            functions: functions.filter { !refused.contains($0.name) },
            problems: loaded.problems + loadProblems + routeProblems,
            routes: routes,
            httpFunctions: functions.compactMap { function in
                guard case .http(let trigger) = function.descriptor.trigger,
                    case .http(let instance) = function.instance
                else { return nil }
                return RunningApp.HTTPEntry(function, instance, trigger)
            },
            invoker: Invoker(
                clock: parts.clock,
                random: parts.random,
                log: parts.hostLog,
                timeout: configuration.functionTimeout,
                retry: configuration.retry,
                endsOverdueCalls: Invoker.endsOverdueCalls(
                    configuration,
                    functions.map(\.descriptor),
                    crossOrigin: parts.settings.loaded.host.corsOrigins
                )
            ),
            // Without the ring everybody is an admin; the keys are made and kept all the same.
            keys: parts.options.enforcesKeys ? parts.keys.ring : nil,
            traffic: TrafficRules(
                configuration,
                settings: { parts.settings.hostValue($0) },
                clock: parts.clock,
                log: parts.hostLog,
                random: parts.random
            )
        )
    }

    private static func makeTimers(_ parts: HostParts, _ app: RunningApp) -> TimerService {
        var functions: [String: (function: LoadedFunction, instance: any TimerHandling)] = [:]
        for function in app.functions {
            if case .timer(let instance) = function.instance { functions[function.name] = (function, instance) }
        }
        let definitions = app.functions.compactMap { function -> TimerDefinition? in
            guard case .timer(let trigger) = function.descriptor.trigger,
                let schedule = try? Schedule(parsing: trigger.schedule)
            else { return nil }
            return TimerDefinition(
                functionName: function.name,
                schedule: schedule,
                runOnStartup: trigger.runOnStartup,
                useMonitor: trigger.useMonitor,
                isDisabled: function.descriptor.isDisabled,
                missed: trigger.missed
            )
        }
        return TimerService(
            timers: definitions,
            clock: parts.clock,
            random: parts.random,
            zone: parts.zone,
            store: TimerStore(partition: parts.store.tenant(.host)),
            lease: LeasePolicy(parts.engine.isExclusive ? .exclusive : .shared),
            host: LeasePolicy.hostName(parts.random),
            logger: parts.log("Triggers.Timer"),
            fire: { [functions] firing in
                guard let (function, instance) = functions[firing.functionName] else {
                    return TimerRunResult(failure: "The function is not loaded.")
                }
                return TimerRunResult(
                    await app.invoker.fire(function, instance, firing.info, cause: .timer(firing, parts.zone))
                )
            }
        )
    }

    /// One listener for each queue; functions that share a queue compete for its messages.
    private static func makeQueues(_ parts: HostParts, _ app: RunningApp) -> [QueueListener] {
        var handlers: [QueueName: [QueueListener.Handler]] = [:]
        for function in app.functions where !function.descriptor.isDisabled {
            guard case .queue(let trigger) = function.descriptor.trigger, case .queue(let instance) = function.instance
            else { continue }
            handlers[trigger.queueName, default: []].append { message in
                await instance.handle(message) { await app.invoker.receive(function, $0, message) }
            }
        }
        return handlers.map { queue, handlers in
            QueueListener(
                queue: queue,
                store: parts.store,
                policy: QueuePolicy(app.configuration.queues),
                owner: QueueOwner(host: parts.instanceID, listener: parts.ids.next()),
                ownsStore: parts.engine.isExclusive,
                clock: parts.clock,
                logger: parts.log("Triggers.Queue"),
                handlers: handlers
            )
        }
    }
}
