import DocumentStore
import FunctionKit
import Glibc
import HTTPServer

extension Host {
    /// Starts a host: opens its socket, its store and its log, then loads the app.
    ///
    /// The socket is opened first, so that whoever connects during the start waits instead of being refused. A function that
    /// is broken is reported and the others run. An app whose `host.json` is broken leaves the host up for its admin API, and
    /// is started when the file is mended.
    /// - Throws: ``HostStartError`` with whose affair it is.
    package static func start(_ options: HostOptions) async throws(HostStartError) -> Host {
        let clock = SystemClock()
        let begin = clock.uptime
        let startedAt = clock.now
        let (parts, reading) = try await HostParts.open(options, clock: clock)
        let slot = AppSlot()
        // Before anything can be written, so that no message goes unnoticed.
        parts.engine.observeCommits { [slot] notice in
            if notice.collections.contains(LeaseStore.leases.name) { slot.jobHost?.noticeLease() }
            guard notice.collections.contains(CollectionDefinition.queues.name) else { return }
            slot.jobHost?.notice(notice.tenant)
        }
        let controller = HostController(parts: parts, slot: slot, firstRead: reading)
        let status = status(of: parts, startedAt)
        let accessLog: AccessLogger?
        do throws(HostStartError) {
            accessLog = try AccessLogger.open(reading.configuration.server.accessLog, parts)
        } catch {
            parts.transport.close()
            await parts.close()
            throw error
        }
        let server = makeServer(parts, slot, controller, status, reading.configuration, accessLog)
        do throws(HTTPServerError) {
            try server.start(on: parts.transport.sockets)
        } catch {
            await parts.close()
            throw HostStartError(.software, error.description)
        }
        do throws(HostStartError) {
            try await controller.start(server)
        } catch {
            await server.stop(grace: .zero)
            await parts.close()
            throw error
        }
        report(parts, slot, after: clock.uptime - begin)
        return Host(parts: parts, server: server, controller: controller, accessLog: accessLog)
    }

    private static func status(of parts: HostParts, _ startedAt: Timestamp) -> HostStatus {
        let machine = HostIdentifier.machine
        return HostStatus(
            id: HostIdentifier.make(
                setting: parts.settings.hostValue("AzureFunctionsWebHost__hostid"),
                machine: machine,
                path: parts.options.appRoot
            ),
            instanceID: parts.instanceID,
            computerName: machine,
            appRoot: parts.options.appRoot,
            dataFolder: parts.options.dataFolder,
            startedAt: startedAt,
            version: hostVersion
        )
    }

    private static func makeServer(
        _ parts: HostParts,
        _ slot: AppSlot,
        _ control: any HostControl,
        _ status: HostStatus,
        _ app: HostConfiguration,
        _ accessLog: AccessLogger?
    ) -> HTTPServer {
        let admin = AdminAPI(
            slot: slot,
            control: control,
            status: status,
            keys: parts.keys,
            enforcesKeys: parts.options.enforcesKeys,
            clock: parts.clock,
            queues: QueueInspector(engine: parts.engine, store: parts.store, clock: parts.clock),
            store: StoreInspector(engine: parts.engine, maintenance: parts.engine),
            folders: FunctionFolders(root: parts.options.appRoot, dataFolder: parts.options.dataFolder),
            runner: { [slot] function, run in
                guard let jobHost = slot.jobHost else { return .notRunning }
                return await jobHost.runByHand(function, run)
            }
        )
        var configuration = app.server.bounds
        configuration.callTime = app.functionTimeout
        let bodyLimit = BodySizeLimit.read(fallback: configuration.bodyBytesMax) { parts.settings.hostValue($0) }
        configuration.trustedProxies = TrustedProxies(app.transport) { parts.settings.hostValue($0) }
        configuration.bodyBytesMax = bodyLimit.bytes
        if let warning = bodyLimit.warning { parts.log("Startup").warning(warning) }
        let budget = DescriptorBudget(limit: DescriptorBudget.raiseLimit(), storeFiles: app.store.openFilesMax)
        configuration.connectionsMax = budget.connections(wanted: configuration.connectionsMax)
        if let notice = budget.notice(wanted: app.server.bounds.connectionsMax) { parts.log("Startup").info(notice) }
        return HTTPServer(
            configuration: configuration,
            responder: FrontDoor(
                slot: slot,
                admin: admin,
                clock: parts.clock,
                crossOrigin: CrossOriginPolicy(parts.settings.loaded.host)
            ),
            logger: parts.log("Server"),
            accessLog: accessLog,
            credentials: parts.transport.credentials
        )
    }

    private static func report(_ parts: HostParts, _ slot: AppSlot, after elapsed: Duration) {
        let report = StartReport(
            app: slot.app,
            baseURL: parts.transport.baseURL,
            places: parts.transport.places,
            zone: parts.zone,
            now: parts.clock.now,
            elapsed: elapsed,
            isColored: parts.hostLog.isColored,
            isVerbose: parts.options.isVerbose,
            keysHint: StartReport.keysHint(
                enforced: parts.options.enforcesKeys,
                dataFolder: parts.options.dataFolder
            )
        )
        switch parts.options.logFormat {
        case .console: parts.writer.append(Array(report.consoleText.utf8))
        case .json:
            parts.log("Startup").info(report.keysHint)
            parts.hostLog.log(report.record)
        }
    }
}
