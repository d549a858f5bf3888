import FunctionKit
import HTTPServer

/// Performs what ``HostLifecycle`` decides: loads the app, puts it in its slot, stops the one before, tries again.
actor HostController {
    private let parts: HostParts
    private let slot: AppSlot
    private var lifecycle = HostLifecycle()
    private var server: HTTPServer?

    /// What the process read of the app before it opened its socket, for the first attempt.
    private var firstRead: AppReading?
    /// Names the attempt that goes on in all that the log says of it.
    private var operation = ""
    private var loading: Task<Void, Never>?
    private var loaded: JobHost?
    private var current: JobHost?
    /// The end of the last exchange of apps: they happen one after another.
    private var exchange: Task<Void, Never>?
    private var retry: Task<Void, Never>?
    private var watcher: AppWatcher?
    /// `host.json` from before the last attempt read it, so that no change between the two is missed.
    private var hostFile: AppFingerprint.Stamp?
    /// What forbids the process to run at all; set by the first attempt alone.
    private var refusal: HostStartError?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(parts: HostParts, slot: AppSlot, firstRead: AppReading) {
        self.parts = parts
        self.slot = slot
        self.firstRead = firstRead
    }

    /// Makes the first attempt and waits for its end.
    ///
    /// - Throws: when a function says that the app must not start, or the caller is cancelled. An app that is in error is no reason:
    ///   its files can be mended.
    func start(_ server: HTTPServer) async throws(HostStartError) {
        self.server = server
        handle(.start(isOffline: offlinePage.isThere))
        await withTaskCancellationHandler {
            await settled()
        } onCancel: {
            // Unstructured, because a cancellation handler cannot wait.
            Task { await self.cancelFirstAttempt() }
        }
        if let refusal { throw refusal }
        if Task.isCancelled { throw FunctionLoader.interrupted }
    }

    /// Begins to watch the app's files; not before the start is over, which it would delay.
    func watch() {
        guard watcher == nil else { return }
        // Unstructured, because the watcher's thread cannot wait for the actor.
        let watcher = AppWatcher(root: parts.options.appRoot) { before, now in
            Task { await self.filesChanged(before, now) }
        }
        if !watcher.isNotified {
            parts.log("Startup").warning(
                "The system has no inotify left for this host: the app's files are looked at every second instead."
            )
        }
        self.watcher = watcher
        watchWhatMatters()
    }

    /// Takes no further work, lets what timers and queues run finish for `grace`, then cancels it.
    func stop(grace: Duration) async {
        handle(.stopRequested)
        watcher?.close()
        watcher = nil
        await loading?.value
        await exchange?.value
        await current?.stop(grace: grace)
    }

    /// Ends the life; the last event.
    func stopped() { handle(.stopped) }

    private func cancelFirstAttempt() { loading?.cancel() }

    /// Waits until no attempt goes on.
    private func settled() async {
        guard lifecycle.state.isStarting else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    private func handle(_ event: HostLifecycle.Event) {
        let before = lifecycle.state
        for action in lifecycle.handle(event) { perform(action) }
        slot.set(
            lifecycle.state,
            errors: lifecycle.errors,
            offlinePage: lifecycle.state == .offline ? offlinePage.bytes : nil
        )
        if lifecycle.state != before { watchWhatMatters() }
        guard !lifecycle.state.isStarting else { return }
        let settled = waiters
        waiters = []
        for waiter in settled { waiter.resume() }
    }

    private func perform(_ action: HostLifecycle.Action) {
        switch action {
        case .tell(let before, let after): tell(before, after)
        case .load(let number): load(number)
        case .cancelLoad: loading?.cancel()
        case .install(let number): install(number)
        case .retire: retire()
        case .drain: drainCurrent()
        case .retry(let number, let pause): scheduleRetry(number, after: pause)
        case .cancelRetry: retry?.cancel()
        }
    }
}

extension HostController {
    /// Loads in a task of its own: events go on while functions take their time.
    private func load(_ number: Int) {
        operation = parts.ids.next()
        parts.log("Startup").info("Initializing Host. OperationId: '\(operation)'.")
        parts.log("Startup").info(
            "Host initialization: ConsecutiveErrors=\(lifecycle.consecutiveErrors), StartupCount=\(number), "
                + "OperationId=\(operation)"
        )
        let reading = firstRead
        firstRead = nil
        loading = Task { [parts] in
            let reading = reading ?? AppReading(parts.options, settings: parts.settings)
            hostFile = reading.hostFile
            tell(reading)
            do throws(HostStartError) {
                finishLoading(number, try await JobHost.load(parts, reading))
            } catch {
                failLoading(number, error)
            }
        }
    }

    private func finishLoading(_ number: Int, _ jobHost: JobHost) {
        loaded = jobHost
        StartLog(logger: parts.log("Startup")).tell(jobHost.app)
        let problems = jobHost.app.problems
        for name in Set(problems.map(\.functionName)).sorted() {
            parts.log("Startup").error(FunctionProblem.logLine(functionName: name, problems: problems))
        }
        handle(.loaded(number))
        loaded = nil
    }

    private func failLoading(_ number: Int, _ error: HostStartError) {
        if number == 1, error.kind != .app {
            // Told by whoever started the host.
            refusal = error
        } else if lifecycle.attempt == number, lifecycle.state == .starting {
            tell(error)
        }
        let messages = error.description.split(separator: "\n").map(String.init)
        handle(.failed(number, error.isTransient ? .other(error.description) : .configuration(messages)))
    }

    private func install(_ number: Int) {
        guard let next = loaded else { return }
        let before = current
        current = next
        parts.hostLog.setLevels(next.app.configuration.logLevels)
        server?.setCallTime(next.app.invoker.endsOverdueCalls ? nil : next.app.configuration.functionTimeout)
        slot.install(next)
        // One after another, and none in the actor's way: a stop lets what runs finish.
        exchange = Task { [exchange] in
            await exchange?.value
            await before?.stop(grace: Host.shutdownGrace)
            next.start()
            handle(.activated(number))
        }
    }

    private func retire() {
        guard let before = current else { return }
        current = nil
        slot.empty()
        exchange = Task { [exchange] in
            await exchange?.value
            await before.stop(grace: Host.shutdownGrace)
        }
    }

    private func drainCurrent() {
        guard let current else { return }
        // Not waited for by a restart or a stop: the drain lasts as long as what runs, and stopping has bounds of its own.
        Task { await current.drain() }
    }

    private func scheduleRetry(_ number: Int, after pause: Duration) {
        retry = Task { [clock = parts.clock] in
            guard (try? await clock.sleep(for: pause)) != nil else { return }
            handle(.retryDue(number))
        }
    }
}

extension HostController {
    private var offlinePage: OfflinePage { OfflinePage(root: parts.options.appRoot) }

    /// An app that runs is watched for `app_offline.htm` alone; one in error for all that could mend it.
    private func watchWhatMatters() {
        guard let watcher else { return }
        switch lifecycle.state {
        case .error, .offline:
            var baseline = AppFingerprint(root: parts.options.appRoot, scope: .everything)
            baseline.replace(parts.options.appRoot + "/host.json", with: hostFile)
            watcher.watch(.everything, since: baseline)
        case .running:
            watcher.watch(.offlinePage, since: AppFingerprint(root: parts.options.appRoot, scope: .offlinePage))
        default: break
        }
    }

    private func filesChanged(_ before: AppFingerprint, _ now: AppFingerprint) {
        let changes = now.changes(since: before)
        let log = parts.log("Startup")
        for change in changes.prefix(10) {
            log.info("File change of type '\(change.type)' detected for '\(change.path)'")
        }
        if now.isOffline != (lifecycle.state == .offline) {
            handle(.offlineFile(isThere: now.isOffline))
        } else if !changes.isEmpty {
            if lifecycle.state == .error { log.info("Host configuration has changed. Signaling restart") }
            handle(.filesChanged)
        } else if now.isOffline {
            // Another text of the page.
            slot.set(lifecycle.state, errors: lifecycle.errors, offlinePage: offlinePage.bytes)
        }
    }

    private func tell(_ before: HostState, _ after: HostState) {
        if after == .running { parts.log("Startup").info("Job host started") }
        parts.log("Startup").info("Host state changed from \(before.rawValue) to \(after.rawValue).")
    }

    private func tell(_ reading: AppReading) {
        guard let configuration = try? reading.get().configuration else { return }
        let log = parts.log("Startup")
        log.info(
            "Host configuration file read:\n\(configuration.source.tree.jsonText(hidesSecrets: true, isIndented: true))"
        )
    }

    /// Tells of an attempt that failed; the last word on it that the log has.
    private func tell(_ error: HostStartError) {
        let log = parts.log("Startup")
        if error.kind == .app, !error.isTransient {
            log.error(error.description)
        } else {
            log.error("A host error has occurred during startup operation '\(operation)'.\n\(error.description)")
        }
    }
}

extension HostController: HostControl {
    func status() -> (state: HostState, errors: [String]) { (lifecycle.state, lifecycle.errors) }

    func drain() -> Bool {
        handle(.drainRequested)
        return lifecycle.state == .running
    }

    func drainStatus() -> DrainStatus? {
        guard lifecycle.state == .running, let current else { return nil }
        let outstanding = current.outstanding
        return DrainStatus(
            isDraining: lifecycle.isDraining,
            outstandingInvocations: outstanding.invocations,
            outstandingRetries: outstanding.retries
        )
    }

    func resume() async -> HostState? {
        guard lifecycle.state == .running else { return nil }
        if lifecycle.isDraining {
            handle(.restartRequested)
            await settled()
        }
        return lifecycle.state
    }

    func restart() { handle(.restartRequested) }

    nonisolated func log(_ record: LogRecord) { parts.hostLog.log(record) }

    func setOffline(_ isOffline: Bool) throws(HostControlError) -> Bool {
        guard isOffline != (lifecycle.state == .offline) else { return false }
        if isOffline { try offlinePage.write() } else { try offlinePage.remove() }
        handle(.offlineFile(isThere: isOffline))
        return true
    }
}
