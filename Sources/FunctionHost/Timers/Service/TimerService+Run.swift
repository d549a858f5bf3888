import FunctionKit

extension TimerService {
    /// Runs a function outside its schedule, in the caller's task, when it is its turn.
    ///
    /// A run of the same function that is going, scheduled or not, ends first, and an occurrence that comes due meanwhile
    /// follows. The schedule's progress stays as it is; the function sees it, with `isPastDue` false. Before ``start()`` has
    /// read the progress, this waits for it. A host that does not hold the lease, or is drained, runs it, too; only its log
    /// tells of it.
    ///
    /// - Parameters:
    ///   - functionName: which function.
    ///   - result: what the history is to tell of the outcome.
    ///   - body: runs it; never throws, its outcome is handed back as it is.
    /// - Throws: ``TimerRunError`` when there is no such timer, too many callers wait for it, the host stops, or the caller is
    ///   cancelled while it waits.
    package func run<Outcome: Sendable>(
        _ functionName: String,
        result: @Sendable (Outcome) -> TimerRunResult = { _ in TimerRunResult() },
        _ body: @Sendable (TimerFiring) async -> Outcome
    ) async throws(TimerRunError) -> Outcome {
        guard let number = numbers[functionName] else { throw .unknown(functionName) }
        await waitForStart()
        guard !refusesRuns else { throw .stopping(functionName) }
        let firing = try await turn(of: number)
        let outcome = await body(firing)
        await finished(number, result(outcome))
        return outcome
    }

    private func turn(of number: Int) async throws(TimerRunError) -> TimerFiring {
        let functionName = timers[number].definition.functionName
        ticketCount += 1
        let ticket = ticketCount
        switch timers[number].request(ticket, at: clock.now) {
        case .begin(let firing):
            turns += 1
            return firing
        case .refuse:
            throw .busy(functionName)
        case .wait:
            let firing = await withTaskCancellationHandler {
                await withCheckedContinuation { waiting[ticket] = $0 }
            } onCancel: {
                // The handler cannot await; the actor settles which came first, the turn or the cancellation.
                spawn { [self] in await withdraw(ticket, number) }
            }
            guard let firing else { throw refusesRuns ? .stopping(functionName) : .cancelled(functionName) }
            return firing
        }
    }

    private func withdraw(_ ticket: Int, _ number: Int) {
        guard let continuation = waiting.removeValue(forKey: ticket) else { return }
        timers[number].withdraw(ticket)
        continuation.resume(returning: nil)
    }
}
