import DocumentStore
import FunctionKit

/// What a restart makes anew: the app's configuration, its loaded functions and routes, its timers and queue listeners.
///
/// Everything else belongs to the process and outlives it: socket, store, keys, settings, log. A job host is started once and
/// stopped once.
package final class JobHost: Sendable {
    /// What requests need of the app.
    package let app: RunningApp
    /// The app's timers.
    package let timers: TimerService
    /// A listener for each queue function.
    package let queues: [QueueListener]
    private let parts: HostParts
    private let running = LockedState<Task<Void, Never>?>(nil)
    private let stopped = WakeUp()

    init(parts: HostParts, app: RunningApp, timers: TimerService, queues: [QueueListener]) {
        self.parts = parts
        self.app = app
        self.timers = timers
        self.queues = queues
    }

    /// Begins to fire timers and to deliver messages.
    func start() {
        // Unstructured, because it is ended by stop() and may be left behind by it.
        let task = Task { await self.run() }
        running.withLock { $0 = task }
    }

    /// Takes no further message and fires no further timer; waits for nothing but the runs of timers.
    func drain() async {
        let log = parts.log("Startup")
        log.info("DrainMode mode enabled")
        log.info("Calling StopAsync on the registered listeners")
        await stopListening()
        log.info("Call to StopAsync complete, registered listeners are now stopped")
    }

    /// Takes no further work, lets what runs finish for `grace`, then cancels it and leaves behind what ignores that.
    func stop(grace: Duration) async {
        for listener in queues { listener.stop() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.timers.stop(grace: grace) }
            group.addTask { await self.waitForQueues(grace) }
        }
        stopped.signal()
        guard let task = running.withLock({ $0 }) else { return }
        do {
            try await withTimeLimit(Host.cancelGrace, DeadlineWatch(clock: parts.clock)) { await task.value }
        } catch {
            parts.log("General").warning("Functions that ignore their cancellation were left behind.")
        }
    }

    /// What runs now, and what waits for its next attempt.
    var outstanding: (invocations: Int, retries: Int) {
        (app.functions.reduce(0) { $0 + $1.counters.running }, app.invoker.outstandingRetries)
    }

    /// Tells the listeners that a tenant may have a message.
    func notice(_ tenant: TenantName) { for listener in queues { listener.notice(tenant) } }

    /// Tells the timers that their lease may have changed hands.
    func noticeLease() { timers.noticeLease() }

    /// Fires a function by hand, whatever its trigger.
    func runByHand(_ function: LoadedFunction, _ run: ManualRun) async -> InvocationOutcome {
        await ManualRunner(app: app, timers: timers, clock: parts.clock, ids: parts.ids).run(function, run)
    }

    private func stopListening() async {
        for listener in queues { listener.stop() }
        await timers.stop(grace: Host.drainGrace, acceptsRuns: true)
    }

    private func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.timers.start() }
            for listener in queues { group.addTask { await listener.run() } }
            group.addTask { await self.findWaitingMessages() }
            await stopped.wait(atMost: nil, clock: parts.clock)
            group.cancelAll()
        }
    }

    private func waitForQueues(_ grace: Duration) async {
        let deadline = parts.clock.uptime + grace
        for listener in queues {
            while listener.runningCount > 0, parts.clock.uptime < deadline {
                try? await parts.clock.sleep(for: .milliseconds(10))
            }
        }
    }

    /// Tells the listeners of messages that wait from before the start; later ones announce themselves.
    private func findWaitingMessages() async {
        guard !queues.isEmpty else { return }
        repeat {
            do throws(StoreError) {
                for tenant in try await parts.engine.tenants() { notice(tenant) }
                return
            } catch {
                parts.log("Triggers.Queue").error("The waiting messages cannot be looked for: \(error.message)")
            }
        } while (try? await parts.clock.sleep(for: Host.tenantsRetryInterval)) != nil
    }
}
