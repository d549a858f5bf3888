import FunctionKit

extension TimerService {
    /// The kept status of a timer; nil when there is none, it cannot be read, or the timer keeps none.
    func load(_ number: Int) async -> TimerInfo.Status? {
        let timer = timers[number].definition
        guard timers[number].decideMonitoring(at: clock.now) else {
            if timer.useMonitor { log.monitorIsOff() }
            return nil
        }
        do {
            return try await statuses.load(timer.functionName)
        } catch {
            log.couldNotLoad(timer, error)
            return nil
        }
    }

    func save(_ status: TimerInfo.Status, _ number: Int) async {
        let timer = timers[number].definition
        do {
            try await statuses.save(status, of: timer.functionName)
            log.saved(status, of: timer)
        } catch {
            log.couldNotSave([timer.functionName], error)
        }
    }

    func save(_ saves: [TimerStatusStore.Entry]) async {
        guard !saves.isEmpty else { return }
        do {
            try await statuses.save(saves)
        } catch {
            log.couldNotSave(saves.map(\.functionName), error)
        }
    }
}
