import DocumentStore
package import FunctionKit
import Glibc
import HTTPClient
import HTTPServer

/// The version that `postern --version` and the admin API tell.
package let hostVersion = "0.1.0"

/// A running host: its server answers from ``start(_:)`` on; ``run()`` fires timers and delivers messages until ``stop()``.
package final class Host: Sendable {
    /// How long running invocations may go on after a stop: 10 s, Azure's `processShutdownTimeout`.
    package static let shutdownGrace = Duration.seconds(10)
    /// How often expired documents are removed: every minute.
    static let sweepInterval = Duration.seconds(60)

    private let parts: HostParts
    private let app: RunningApp
    private let server: HTTPServer
    private let timers: TimerService
    private let queues: [QueueListener]
    private let stopSignal = WakeUp()

    init(parts: HostParts, app: RunningApp, server: HTTPServer, timers: TimerService, queues: [QueueListener]) {
        self.parts = parts
        self.app = app
        self.server = server
        self.timers = timers
        self.queues = queues
    }

    /// The URL that the host answers under.
    package var baseURL: String { "http://\(parts.options.address):\(server.port)" }

    /// Fires timers, delivers messages and keeps house until ``stop()`` has finished.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.timers.run() }
            for listener in queues { group.addTask { await listener.run() } }
            group.addTask { await self.findWaitingMessages() }
            group.addTask { await self.sweep() }
            group.addTask { await self.parts.settings.refresh() }
            await stopSignal.wait(atMost: nil, clock: parts.clock)
            group.cancelAll()
        }
        await parts.close()
    }

    /// Takes no further work, lets what runs finish for ``shutdownGrace``, then cancels it and closes the store.
    package func stop() async {
        parts.log.info("Stopping host...")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.stop(grace: Self.shutdownGrace) }
            group.addTask { await self.timers.stop(grace: Self.shutdownGrace) }
            for listener in queues { group.addTask { await listener.stop(grace: Self.shutdownGrace) } }
        }
        parts.log.info("Host shutdown completed.")
        stopSignal.signal()
    }

    /// Tells the listeners of messages that wait from before the start; later ones announce themselves.
    private func findWaitingMessages() async {
        guard !queues.isEmpty, let tenants = try? await parts.engine.tenants() else { return }
        for tenant in tenants where !Task.isCancelled {
            for listener in queues { listener.notice(tenant) }
        }
    }

    private func sweep() async {
        while (try? await parts.clock.sleep(for: Self.sweepInterval)) != nil {
            await parts.engine.sweepExpired()
        }
    }
}
