import DocumentStore
import FunctionKit
import Glibc
import HTTPClient
import HTTPServer

extension Host {
    /// Starts a host: reads the app, opens the store, loads the functions and serves.
    ///
    /// A function that is broken is reported and the others run; what the host itself needs must be in order.
    /// - Throws: ``HostStartError`` with whose affair it is.
    package static func start(_ options: HostOptions) async throws(HostStartError) -> Host {
        let clock = SystemClock()
        let begin = clock.uptime
        let parts = try await HostParts.open(options, clock: clock, begin: begin)
        do throws(HostStartError) {
            let host = try await assemble(parts)
            host.report(after: clock.uptime - begin)
            return host
        } catch {
            await parts.close()
            throw error
        }
    }

    private static func assemble(_ parts: HostParts) async throws(HostStartError) -> Host {
        let address = try parts.listenAddress()
        let loader = FunctionLoader(
            library: FunctionLibrary(libraryFolder: parts.options.libraryFolder),
            context: { parts.context(for: $0, port: address.port) })
        let (functions, loadProblems) = await loader.load(parts.loaded.functions)
        let (entries, routes, routeProblems) = routeTable(functions, parts.loaded.configuration.http.routePrefix)
        let (timedFunctions, scheduleProblems) = timedFunctions(functions)
        let app = RunningApp(
            configuration: parts.loaded.configuration,
            functions: functions,
            problems: parts.loaded.problems + loadProblems + routeProblems + scheduleProblems,
            routes: routes,
            httpFunctions: entries,
            invoker: Invoker(
                clock: parts.clock, random: parts.random, log: parts.hostLog,
                timeout: parts.loaded.configuration.functionTimeout),
            keys: parts.keys,
            status: HostStatus(
                instanceID: parts.instanceID, startedAt: parts.clock.now, version: hostVersion))
        let timers = try parts.timerService(timedFunctions, app: app)
        let queues = parts.queueListeners(functions, app: app)
        let admin = AdminAPI(app: app, clock: parts.clock, runner: ManualRunner(app: app, timers: timers, parts: parts).run)
        let server = HTTPServer(
            configuration: address, responder: FrontDoor(app: app, admin: admin),
            logger: Logger(sink: parts.hostLog, category: "Host.Server"))
        do {
            try server.start()
        } catch {
            throw HostStartError(error.code == .system ? .software : .unavailable, error.description)
        }
        return Host(parts: parts, app: app, server: server, timers: timers, queues: queues)
    }
}
