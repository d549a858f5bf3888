import FunctionKit

extension TimerService {
    /// Sees to it that what a timer has to tell is written: at once where its progress is kept, with others after a while where
    /// not.
    func noteNews(_ number: Int) {
        guard timers[number].hasNews, lease.held != nil else { return }
        if timers[number].isUnsaved, timers[number].isMonitored, timers[number].isIdle {
            saves.insert(number, endsTurn: false)
            guard !saves.isWriting else { return }
            // Unstructured, because nobody waits for it; stop() writes what is left.
            spawn { [self] in await writeSaves() }
        } else {
            unsaved.insert(number)
            guard flushAt == nil else { return }
            flushAt = clock.uptime + TimerHistoryLimits.gatheringTime
            setAlarm()
        }
    }

    /// Writes a timer's record, together with those of others that wait.
    func save(_ number: Int, endsTurn: Bool) async {
        saves.insert(number, endsTurn: endsTurn)
        await writeSaves()
    }

    /// Writes everything that is not written, or what these timers have.
    func flush(_ numbers: Set<Int>? = nil) async {
        for number in numbers ?? unsaved where timers[number].hasNews { saves.insert(number, endsTurn: false) }
        unsaved.subtract(numbers ?? unsaved)
        if numbers == nil { flushAt = nil }
        await writeSaves()
    }

    /// Writes batch after batch until none waits. Whoever comes meanwhile leaves its record to the one that writes.
    func writeSaves() async {
        guard !saves.isWriting else { return }
        saves.isWriting = true
        while !saves.isEmpty { await writeBatch() }
        saves.isWriting = false
        let waiters = saveWaiters
        saveWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when nothing waits to be written.
    func waitForSaves() async {
        guard saves.isWriting else { return }
        await withCheckedContinuation { saveWaiters.append($0) }
    }

    private func writeBatch() async {
        var entries: [SaveQueue.Entry] = []
        var writes: [TimerWrite] = []
        var count = 0
        while count < TimerStore.batchWritesMax, let entry = saves.pop() {
            entries.append(entry)
            guard timers[entry.timer].hasNews else { continue }
            var write = timers[entry.timer].takeWrite()
            write.followsRun = entry.endsTurn
            count += write.writeCount
            writes.append(write)
        }
        if !writes.isEmpty { await commit(writes) }
        for entry in entries where entry.endsTurn { endTurn(entry.timer) }
    }

    /// Commits records under the lease that is held now. Those of a lost lease are dropped: another host answers for them.
    private func commit(_ writes: [TimerWrite]) async {
        guard let fence = lease.held?.fence else { return }
        let epoch = epoch
        do throws(StoreError) {
            try await store.commit(writes, fence: fence, at: clock.now)
            for write in writes where write.followsRun {
                if let status = write.record.status { log.saved(status, of: write.functionName) }
            }
        } catch {
            guard epoch == self.epoch, lease.held != nil else { return }
            if error.isLostRace { return standDown(because: .takenOver) }
            for write in writes { numbers[write.functionName].map { timers[$0].restore(write) } }
            log.couldNotSave(writes.map(\.functionName), error)
            for write in writes { numbers[write.functionName].map { _ = unsaved.insert($0) } }
            if flushAt == nil { flushAt = clock.uptime + TimerHistoryLimits.gatheringTime }
        }
    }
}
