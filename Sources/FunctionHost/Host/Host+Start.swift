import FunctionKit
import Glibc
import HTTPServer

extension Host {
    /// Starts a host: reads the app, opens the store, loads the functions and serves.
    ///
    /// The socket is opened first, so that whoever connects during the start waits instead of being refused. A function that
    /// is broken is reported and the others run; what the host itself needs must be in order.
    /// - Throws: ``HostStartError`` with whose affair it is.
    package static func start(_ options: HostOptions) async throws(HostStartError) -> Host {
        let clock = SystemClock()
        let begin = clock.uptime
        let startedAt = clock.now
        let parts = try await HostParts.open(options, clock: clock)
        let (functions, loadProblems) = try await loadFunctions(parts)
        let app = makeApp(parts, functions, loadProblems, startedAt: startedAt)
        let timers = makeTimers(parts, app)
        let queues = makeQueues(parts, app)
        let server = makeServer(parts, app, timers)
        do throws(HTTPServerError) {
            try server.start(on: parts.listener)
        } catch {
            await parts.close()
            throw HostStartError(.software, error.description)
        }
        report(parts, app, after: clock.uptime - begin)
        return Host(parts: parts, server: server, timers: timers, queues: queues)
    }

    /// Loads what can be loaded; gives everything back when a function says that the app must not start.
    private static func loadFunctions(
        _ parts: HostParts
    ) async throws(HostStartError) -> (functions: [LoadedFunction], problems: [FunctionProblem]) {
        let loader = FunctionLoader(
            library: FunctionLibrary(libraryFolder: parts.options.libraryFolder),
            clock: parts.clock,
            context: { parts.context(for: $0) }
        )
        do throws(HostStartError) {
            return try await loader.load(parts.loaded.functions)
        } catch {
            Glibc.close(parts.listener.descriptor)
            await parts.close()
            throw error
        }
    }

    private static func makeApp(
        _ parts: HostParts,
        _ functions: [LoadedFunction],
        _ loadProblems: [FunctionProblem],
        startedAt: Timestamp
    ) -> RunningApp {
        let configuration = parts.loaded.configuration
        let (routes, routeProblems) = RouteTable.make(
            for: functions.map(\.descriptor),
            prefix: configuration.http.routePrefix
        )
        return RunningApp(
            configuration: configuration,
            functions: functions,
            problems: parts.loaded.problems + loadProblems + routeProblems,
            routes: routes,
            httpFunctions: functions.compactMap { function in
                guard case .http(let trigger) = function.descriptor.trigger,
                    case .http(let instance) = function.instance
                else { return nil }
                return (function, instance, trigger)
            },
            invoker: Invoker(
                clock: parts.clock,
                random: parts.random,
                log: parts.hostLog,
                timeout: configuration.functionTimeout,
                retry: configuration.retry
            ),
            keys: parts.keys,
            status: HostStatus(instanceID: parts.ids.next(), startedAt: startedAt, version: hostVersion)
        )
    }

    private static func makeTimers(_ parts: HostParts, _ app: RunningApp) -> TimerService {
        let definitions = app.functions.compactMap { function -> TimerDefinition? in
            guard case .timer(let trigger) = function.descriptor.trigger,
                let schedule = try? Schedule(parsing: trigger.schedule)
            else { return nil }
            return TimerDefinition(
                functionName: function.name,
                schedule: schedule,
                runOnStartup: trigger.runOnStartup,
                useMonitor: trigger.useMonitor,
                isDisabled: function.descriptor.isDisabled
            )
        }
        return TimerService(
            timers: definitions,
            clock: parts.clock,
            zone: parts.zone,
            statuses: TimerStatusStore(partition: parts.store.tenant(.host)),
            logger: parts.log("Triggers.Timer"),
            fire: { firing in
                guard let function = app.function(firing.functionName), case .timer(let instance) = function.instance
                else { return false }
                return await app.invoker.fire(function, instance, firing.info).succeeded
            }
        )
    }

    private static func makeQueues(_ parts: HostParts, _ app: RunningApp) -> [QueueListener] {
        app.functions.compactMap { function in
            guard case .queue(let trigger) = function.descriptor.trigger, case .queue(let instance) = function.instance,
                !function.descriptor.isDisabled
            else { return nil }
            return QueueListener(
                queue: trigger.queueName,
                store: parts.store,
                policy: QueuePolicy(app.configuration.queues),
                clock: parts.clock,
                logger: parts.log("Triggers.Queue"),
                handler: { await app.invoker.receive(function, instance, $0).failure }
            )
        }
    }

    private static func makeServer(_ parts: HostParts, _ app: RunningApp, _ timers: TimerService) -> HTTPServer {
        let runner = ManualRunner(app: app, timers: timers, clock: parts.clock, ids: parts.ids)
        let admin = AdminAPI(
            app: app,
            clock: parts.clock,
            queues: QueueInspector(engine: parts.engine, store: parts.store, clock: parts.clock),
            store: StoreInspector(engine: parts.engine, maintenance: parts.engine),
            runner: { await runner.run($0, $1) }
        )
        var configuration = HTTPServerConfiguration()
        configuration.callTime = app.configuration.functionTimeout
        return HTTPServer(
            configuration: configuration,
            responder: FrontDoor(app: app, admin: admin, crossOrigin: CrossOriginPolicy(parts.settings.loaded.host)),
            logger: parts.log("Server")
        )
    }

    private static func report(_ parts: HostParts, _ app: RunningApp, after elapsed: Duration) {
        for name in Set(app.problems.map(\.functionName)).sorted() {
            parts.log("Startup").error(FunctionProblem.logLine(functionName: name, problems: app.problems))
        }
        let report = StartReport(
            app: app,
            baseURL: parts.baseURL,
            zone: parts.zone,
            now: parts.clock.now,
            elapsed: elapsed
        )
        switch parts.options.logFormat {
        case .console: parts.writer.append(Array(report.consoleText.utf8))
        case .json: parts.hostLog.log(report.record)
        }
    }
}
