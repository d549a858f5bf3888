internal import DocumentStore
internal import FunctionKit

extension Simulation {
    /// Starts the process on a disk that does not fail, checks everything, and leaves it running.
    func recover() -> World? {
        schedule.interruptions = 0
        let disk = makeDisk()
        // It reads everything twice, so it takes turns; the store's own reading finds damage too.
        if (options.seed &+ UInt64(model.life)) % 3 == 0 { verify(disk) }
        guard model.failure == nil, let world = open(disk) else { return nil }
        isInitialized = true
        perform([{ await Inspection(world).settle() }])
        guard model.failure == nil else { return nil }
        if random.chance(120) { damage(disk.image) }
        return model.failure == nil ? world : nil
    }

    /// Starts the process and lets it stop before it has read everything.
    func interruptRecovery() {
        counts.interruptedRecoveries += 1
        let disk = makeDisk()
        disk.stopsAt = 1 + random.below(40)
        schedule.interruptions = 200
        if let world = open(disk) {
            let readers = (0..<Self.tenants).map { tenant -> @Sendable () async -> Void in
                let place = random.pick(Place.all)
                return { _ = await world.get(tenant, place) }
            }
            perform(readers)
        }
        crash(disk)
    }

    /// Lets clients work until they are done or the machine stops.
    func work(_ world: World) {
        guard let disk = world.disk else { return }
        disk.faults = DiskFaults.random(&random, usedBytes: disk.image.bytes)
        if random.chance(750) { disk.stopsAt = disk.accesses + 1 + random.below(random.pick([40, 150, 400])) }
        schedule.interruptions = random.pick([0, 100, 400])
        let closesAfter = random.chance(300) ? random.below(12) : nil
        let clients = (0..<random.within(2...4)).map { _ in Client(world, steps: random.within(3...10)) }
        let keeper = Keeper(world, steps: 12, closesAfter: closesAfter)
        perform(
            tasks(clients, keeper),
            untilDone: random.chance(300)
        )
        guard model.failure == nil else { return }
        end(world)
    }

    /// Ends a life: in order if nothing is in the way, or suddenly.
    func end(_ world: World) {
        guard let disk = world.disk else { return }
        if !disk.isDead, disk.faults.isFullDiskOnly { free(world) }
        if !disk.isDead, random.chance(400), model.failure == nil {
            world.isClosing = true
            perform([{ await world.engine.close() }])
            if !disk.isDead, !disk.hasFailed, model.failure == nil {
                counts.closes += 1
                verify(disk, mayTear: false)
            }
        }
        crash(disk)
    }

    /// Makes room on a full disk, and sees that writes go on by themselves.
    private func free(_ world: World) {
        guard let disk = world.disk, !world.isClosing else { return }
        disk.faults.capacity = nil
        disk.stopsAt = nil
        perform([{ await Client(world, steps: 3).run() }])
    }

    private func crash(_ disk: SimulatedDisk) {
        disk.stop()
        // Whatever still runs ends with the machine.
        perform([])
        image = disk.image
        // What a failed sync dropped cannot be told from what is there until the system starts again.
        if random.chance(600) || image.hasDropped {
            counts.powerLosses += 1
            trace.note("power loss")
            image.losePower(&random)
        } else {
            counts.kills += 1
            trace.note("kill")
            image.endProcess()
        }
        model.life += 1
    }

    func makeDisk() -> SimulatedDisk {
        let schedule = schedule
        let disk = SimulatedDisk(
            image: image,
            random: SimulationRandom(seed: random.next(), stream: 6),
            trace: trace,
            interrupt: { schedule.interrupt() }
        )
        return disk
    }

    /// Opens the store; nil when the machine stopped meanwhile, or a promise is broken.
    func open(_ disk: SimulatedDisk) -> World? {
        var limits = FileStoreEngine.Limits()
        limits.openFilesMax = random.within(1...3)
        limits.openTenantsMax = random.within(1...3)
        limits.compactionSlackBytes = random.pick([100, 1000, 100_000])
        limits.sweepDocumentsMax = random.within(1...3)
        limits.tenantBytesMax = model.quota
        limits.sweepTenantsMax = random.within(1...2)
        limits.segmentBytesMax = random.pick([300, 2000, 100_000])
        limits.room.fromBytes = random.pick([0, 1000, 100_000])
        limits.room.bytesMax = random.pick([0, 200, 1000])
        limits.hintSlackBytes = random.pick([1, 500, 100_000])
        limits.hintSlackBytesAtClose = random.pick([1, 500, 100_000])
        limits.removalsKept = random.within(1...6)
        limits.cachedDocumentsMax = random.pick([1, 4, 64])
        limits.openDocumentsMax = random.pick([3, 12, 1000])
        do throws(StoreError) {
            let files = try FileStoreEngine(
                path: Self.path,
                mode: .exclusive,
                clock: clock,
                logger: Logger(sink: SilentLog(trace: trace), category: "Store"),
                disk: options.bug?.disk(disk) ?? disk,
                workers: schedule,
                limits: limits
            )
            return World(
                model: model,
                engine: options.bug?.engine(files, clock: clock) ?? files,
                files: files,
                disk: disk,
                random: SimulationRandom(seed: random.next(), stream: 7)
            )
        } catch {
            if !disk.isDead { model.fail("the store does not open: \(error.message)") }
            return nil
        }
    }

    /// Checks the files without changing them.
    func verify(_ disk: SimulatedDisk, mayTear: Bool = true) {
        let faults = disk.faults
        let stopsAt = disk.stopsAt
        disk.faults = DiskFaults()
        disk.stopsAt = nil
        defer {
            disk.faults = faults
            disk.stopsAt = stopsAt
        }
        do throws(StoreError) {
            let verification = try StoreVerification(ofFolder: Self.path, now: clock.now, disk: disk)
            for finding in verification.findings {
                switch finding.severity {
                case .tornTail where mayTear: continue
                // It only costs time: a compaction has replaced the files, or a crash has torn it.
                case .uselessHint: continue
                default: break
                }
                model.fail(
                    "verification finds \(finding.severity.rawValue) in \(finding.file), byte \(finding.offset): \(finding.reason)"
                )
            }
        } catch {
            if isInitialized { model.fail("verification fails: \(error.message)") }
        }
    }
}

/// Notes what the store says in the trace.
private struct SilentLog: LogSink {
    let trace: EventTrace

    func log(_ record: LogRecord) { trace.note("log", "", record.level.rawValue, detail: record.message) }
    func isEnabled(_ level: LogLevel, category: String) -> Bool { true }
}
