import FunctionKit

/// Why a host fires timers no more.
enum LeaseLoss: Sendable, Hashable {
    /// Another host has acquired the lease.
    case takenOver
    /// The lease was not renewed in time: the host was stalled, or the store did not answer.
    case expired
}

extension TimerService {
    /// The lease may have changed in the store: looks at it now. For hosts on a store that tells of other hosts' commits.
    package nonisolated func noticeLease() { wakeUp.signal() }

    /// Sees to it that somebody looks after the lease and after timers that could not start, while there is anything to look after.
    ///
    /// Where this host alone can reach the store, and all timers have started, there is nothing and no task.
    func keep() {
        guard keeper == nil, !isStopping, nextLook != nil else { return }
        // Unstructured, because start() returns meanwhile; stop() ends it and waits for it.
        keeper = spawn { [weak self] in await self?.keepHouse() }
    }

    private func keepHouse() async {
        while !hasEnded, let look = nextLook {
            await wakeUp.wait(atMost: max(look - clock.uptime, .zero), clock: clock)
            guard !hasEnded else { break }
            if lease.held != nil {
                await renew()
            } else if isStopping {
                break
            } else {
                await lookAfterLease()
            }
            if lease.held != nil, !isStopping { await retryListeners() }
        }
        keeper = nil
    }

    /// When to look next, on the running clock; nil when there is nothing to look after.
    private var nextLook: Duration? {
        let renewAt = lease.policy.sharing == .shared ? lease.held?.renewAt : nil
        return [lookAt, retryAt, renewAt].compactMap { $0 }.min()
    }

    // MARK: - Acquiring

    /// Acquires the lease if it is free, and takes the timers up.
    func lookAfterLease() async {
        noteRetry()
        do {
            let found = try await leases.read()
            switch lease.decide(found, uptime: clock.uptime) {
            case .wait(let wait):
                if lookAt == nil, let owner = lease.otherOwner { log.standsBy(owner, lease.policy.duration) }
                lookAt = clock.uptime + wait
                hasWaited = true
                failing = [:]
                retryAt = nil
            case .acquire(let fence):
                let cause: TimerHistoryEntry.Reason = hasWaited ? .noLease : .hostStopped
                try await acquire(fence, over: found)
                await takeUp(cause)
                // A stop that came before has nothing more to do.
                if hasEnded { await release() }
            }
        } catch let error as StoreError where error.isLostRace {
            lookAt = clock.uptime + lease.policy.retryInterval
        } catch {
            lookAt = nil
            hasWaited = true
            await couldNotStart(timers.indices.filter { !timers[$0].definition.isDisabled }, error)
        }
    }

    private func acquire(_ fence: Int64, over found: LeaseStore.Found?) async throws(StoreError) {
        let askedAt = clock.uptime
        let wall = clock.now
        let record = lease.acquisition(fence: fence, now: wall)
        let revision = try await leases.acquire(record, over: found)
        lease.acquired(record, revision, askedAt: askedAt, wall: wall)
        lookAt = nil
        if lease.policy.sharing == .shared { log.acquired(record) }
    }

    /// Reads what was kept of every timer and begins.
    private func takeUp(_ cause: TimerHistoryEntry.Reason) async {
        epoch += 1
        hold.hold(epoch: epoch, until: lease.end)
        let epoch = epoch
        do throws(StoreError) {
            let records = try await store.load()
            guard epoch == self.epoch else { return }
            await begin(Array(timers.indices), records, cause)
        } catch {
            guard epoch == self.epoch else { return }
            await couldNotStart(timers.indices.filter { !timers[$0].definition.isDisabled }, error)
        }
    }

    // MARK: - Keeping

    private func renew() async {
        guard let held = lease.held, lease.policy.sharing == .shared, clock.uptime >= held.renewAt else { return }
        let askedAt = clock.uptime
        let wall = clock.now
        guard let record = lease.renewal(now: wall) else { return }
        do throws(StoreError) {
            let revision = try await leases.replace(record, over: held.revision)
            guard lease.held?.fence == held.fence else { return }
            lease.renewed(record, revision, askedAt: askedAt, wall: wall)
            hold.hold(epoch: epoch, until: lease.end)
        } catch {
            guard lease.held?.fence == held.fence else { return }
            guard !error.isLostRace else { return standDown(because: .takenOver) }
            log.couldNotRenew(error)
            lease.renewalFailed(uptime: clock.uptime)
            checkLease()
        }
    }

    /// Whether this host may fire timers now; when it may no more, it stands down.
    @discardableResult
    func checkLease() -> Bool {
        if hold.allows(epoch: epoch, clock) { return true }
        standDown(because: .expired)
        return false
    }

    /// Fires nothing more: another host answers for the timers, or may do so. What runs goes on, and leaves no trace in the store.
    func standDown(because loss: LeaseLoss) {
        guard lease.held != nil else { return }
        lease.lost()
        hold.letGo()
        epoch += 1
        queue = DueQueue()
        unsaved = []
        flushAt = nil
        failing = [:]
        retryAt = nil
        for number in timers.indices { timers[number].standDown() }
        log.lost(loss)
        hasWaited = true
        guard !isStopping else { return }
        lookAt = clock.uptime
        keep()
        wakeUp.signal()
    }

    /// Gives the lease back. Where nobody else can reach the store, that is not worth a write.
    func release() async {
        guard let held = lease.held else { return }
        lease.lost()
        hold.letGo()
        guard held.record.durationMilliseconds != nil else { return }
        var record = held.record
        record.owner = nil
        record.renewedAt = clock.now
        do throws(StoreError) {
            _ = try await leases.replace(record, over: held.revision)
        } catch {
            // Another host has it, or gets it when it has expired.
            log.couldNotRelease(error)
        }
    }
}
