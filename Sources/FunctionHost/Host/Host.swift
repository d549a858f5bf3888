import DocumentStore
import FunctionKit
import HTTPServer

/// The version that `postern --version` and the admin API tell.
package let hostVersion = "0.1.0"

/// A running host: its server answers from ``start(_:)`` on; ``run(until:)`` fires timers and delivers
/// messages.
package final class Host: Sendable {
    /// How long running invocations may go on after a stop: 10 s, Azure's `processShutdownTimeout`.
    package static let shutdownGrace = Duration.seconds(10)
    /// How long invocations may take to end once they are cancelled: 2 s; then they are left behind.
    static let cancelGrace = Duration.seconds(2)
    /// How long to wait before the tenants with waiting messages are looked for again, when the store could not tell: 10 s.
    static let tenantsRetryInterval = Duration.seconds(10)
    /// How often expired documents are removed: every minute.
    static let sweepInterval = Duration.seconds(60)

    private let parts: HostParts
    private let server: HTTPServer
    private let timers: TimerService
    private let queues: [QueueListener]
    private let stopped = WakeUp()

    init(parts: HostParts, server: HTTPServer, timers: TimerService, queues: [QueueListener]) {
        self.parts = parts
        self.server = server
        self.timers = timers
        self.queues = queues
    }

    /// Runs until `stopRequest` returns, then stops. Functions that ignore their cancellation are left behind, so that they do
    /// not keep the process from ending.
    package func run(until stopRequest: @Sendable () async -> Void) async {
        // Unstructured, because a task group would wait for what is left behind.
        let running = Task { await run() }
        await stopRequest()
        await stop()
        do {
            try await withTimeLimit(Self.cancelGrace, clock: parts.clock) { await running.value }
        } catch {
            parts.log("General").warning("Functions that ignore their cancellation were left behind.")
        }
    }

    /// Fires timers, delivers messages and keeps house; returns when ``stop()`` has finished.
    func run() async {
        parts.engine.observeCommits { [queues] notice in
            guard notice.collections.contains(CollectionDefinition.queues.name) else { return }
            for listener in queues { listener.notice(notice.tenant) }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.timers.start() }
            for listener in queues { group.addTask { await listener.run() } }
            group.addTask { await self.findWaitingMessages() }
            group.addTask { await self.sweep() }
            group.addTask { await self.refreshSettings() }
            await stopped.wait(atMost: nil, clock: parts.clock)
            group.cancelAll()
        }
    }

    /// Takes no further work, lets what runs finish for ``shutdownGrace``, then cancels it.
    func stop() async {
        parts.log("General").info("Stopping host...")
        for listener in queues { await listener.stop() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.server.stop(grace: Self.shutdownGrace) }
            group.addTask { await self.timers.stop(grace: Self.shutdownGrace) }
            group.addTask { await self.waitForQueues() }
        }
        parts.log("General").info("Host shutdown completed.")
        stopped.signal()
    }

    /// Closes the store and the log; the last call.
    package func close() async { await parts.close() }

    private func waitForQueues() async {
        let deadline = parts.clock.uptime + Self.shutdownGrace
        for listener in queues {
            while await listener.runningCount > 0, parts.clock.uptime < deadline {
                try? await parts.clock.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Tells the listeners of messages that wait from before the start; later ones announce themselves.
    private func findWaitingMessages() async {
        guard !queues.isEmpty else { return }
        repeat {
            do throws(StoreError) {
                for tenant in try await parts.engine.tenants() {
                    for listener in queues { listener.notice(tenant) }
                }
                return
            } catch {
                parts.log("Triggers.Queue").error("The waiting messages cannot be looked for: \(error.message)")
            }
        } while (try? await parts.clock.sleep(for: Self.tenantsRetryInterval)) != nil
    }

    private func refreshSettings() async {
        await parts.settings.refreshRepeatedly(from: parts.vault, clock: parts.clock, logger: parts.log("Settings"))
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
