import DocumentStore
import FunctionKit
import HTTPServer

/// The version that `postern --version` and the admin API tell.
package let hostVersion = "0.1.0"

/// A running process: its socket, server, store, keys and log, and the app that comes and goes in its slot.
///
/// Azure calls this the web host. Its server answers from ``start(_:)`` on; ``run(until:)`` keeps house.
package final class Host: Sendable {
    /// How long running invocations may go on after a stop: 10 s, Azure's `processShutdownTimeout`.
    package static let shutdownGrace = Duration.seconds(10)
    /// How long invocations may take to end once they are cancelled: 2 s; then they are left behind.
    static let cancelGrace = Duration.seconds(2)
    /// How long a drain lets timer functions run before it cancels them: an hour. A drain has no end of its own in Azure.
    static let drainGrace = Duration.seconds(3600)
    /// How long to wait before the tenants with waiting messages are looked for again, when the store could not tell: 10 s.
    static let tenantsRetryInterval = Duration.seconds(10)
    /// How often expired documents are removed: every minute.
    static let sweepInterval = Duration.seconds(60)

    private let parts: HostParts
    private let server: HTTPServer
    private let controller: HostController
    private let accessLog: AccessLogger?

    init(parts: HostParts, server: HTTPServer, controller: HostController, accessLog: AccessLogger? = nil) {
        self.accessLog = accessLog
        self.parts = parts
        self.server = server
        self.controller = controller
    }

    /// Runs until `stopRequest` returns, then stops. Functions that ignore their cancellation are left behind, so that they do
    /// not keep the process from ending.
    package func run(until stopRequest: @Sendable () async -> Void) async {
        // Unstructured, because it goes on until the stop is over.
        let keeping = Task { await keepHouse() }
        await controller.watch()
        await stopRequest()
        await stop()
        keeping.cancel()
        // A sweep may be in the middle of a tenant; the store waits for what it writes.
        _ = try? await withTimeLimit(Self.cancelGrace, DeadlineWatch(clock: parts.clock)) { await keeping.value }
    }

    /// Takes no further work, lets what runs finish for ``shutdownGrace``, then cancels it.
    func stop() async {
        announce("Stopping host...")
        let deadline = parts.clock.uptime + Self.shutdownGrace
        await drainIfAsked(atMost: Self.shutdownGrace - Self.cancelGrace)
        let rest = deadline - parts.clock.uptime
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.stop(grace: rest, cancelGrace: Self.cancelGrace) }
            group.addTask { await self.controller.stop(grace: rest) }
        }
        await controller.stopped()
        announce("Host shutdown completed.")
    }

    private func announce(_ text: String) {
        parts.hostLog.announce(LogRecord(level: .information, category: "Host.General", message: text))
    }

    /// Lets what runs end while HTTP goes on, for at most `limit`, where the setting `FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING` asks
    /// for it.
    private func drainIfAsked(atMost limit: Duration) async {
        let setting = parts.settings.hostValue("FUNCTIONS_ENABLE_DRAIN_ON_APP_STOPPING")
        guard setting == "1" || setting?.lowercased() == "true", await controller.drain() else { return }
        let deadline = parts.clock.uptime + limit
        while let status = await controller.drainStatus(), status.state == .inProgress, parts.clock.uptime < deadline {
            try? await parts.clock.sleep(for: .milliseconds(20))
        }
    }

    /// Whether there is something that ``reload()`` reads or opens again: a certificate, or a file of the access log.
    package var canReload: Bool { parts.transport.credentials != nil || accessLog?.hasFile == true }

    /// Opens the access log's file anew, and reads the certificate again, for connections that begin from now on; what is broken is
    /// told of, and the old one stays.
    package func reload() {
        if accessLog?.reopen() == false {
            parts.log("Access").error("The access log cannot be opened anew; lines go on into the old file.")
        }
        guard parts.transport.credentials != nil else { return }
        if parts.transport.reloadCertificate(parts.log("Transport")) {
            announce("The certificate was read again. New connections get it.")
        }
    }

    /// Closes the store and the log; the last call.
    package func close() async {
        accessLog?.close()
        await parts.close()
    }

    private func keepHouse() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sweep() }
            group.addTask { await self.refreshSettings() }
        }
    }

    private func refreshSettings() async {
        await parts.settings.refreshRepeatedly(
            from: parts.vault,
            clock: parts.clock,
            logger: parts.log("Settings"),
            hide: { [hostLog = parts.hostLog] in hostLog.hide($0) }
        )
    }

    private func sweep() async {
        while (try? await parts.clock.sleep(for: Self.sweepInterval)) != nil {
            do {
                try await parts.engine.sweepExpired()
            } catch {
                parts.log("General").error("Expired documents cannot be removed: \(error.message)")
            }
        }
    }
}
