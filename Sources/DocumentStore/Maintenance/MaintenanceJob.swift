internal import FunctionKit

/// Work on a tenant's files beside its commits. It is done in small steps, each a job of its own for the maintenance workers, so
/// that no tenant holds up another one's and a tenant's own writers find the disk free in between.
protocol MaintenanceJob: AnyObject, Sendable {
    /// Does the next step; false when the work is done.
    func step(_ partition: LogPartition) throws(StoreError) -> Bool

    /// Takes back what was begun, after a failure or because the store closes.
    func abandon(_ partition: LogPartition)
}

extension LogPartition {
    /// Does a step of the job that goes on, and goes to the end of the line for the next.
    func maintain() {
        let (job, isStopping, failure) = inner.withLock { ($0.maintenance, $0.isStopping, $0.writeFailure) }
        guard let job else { return }
        do throws(StoreError) {
            if let failure { throw failure }
            if isStopping { throw Self.interrupted }
            if try job.step(self) {
                services.maintenance.submit { self.maintain() }
                return
            }
            endMaintenance(.success(.done))
        } catch {
            job.abandon(self)
            endMaintenance(.failure(error))
        }
    }

    static let interrupted = StoreError(
        .closed,
        "The work on the tenant's files was given up, because the store closes."
    )

    /// Starts a job if none goes on; false when one does.
    func begin(_ job: any MaintenanceJob, waiting: [CheckedContinuation<Result<Answer, StoreError>, Never>] = [])
        -> Bool
    {
        let isFree = inner.withLock { inner in
            guard inner.maintenance == nil, !inner.isStopping else { return false }
            inner.maintenance = job
            inner.maintenanceWaiters = waiting
            return true
        }
        if isFree { services.maintenance.submit { self.maintain() } }
        return isFree
    }

    private func endMaintenance(_ outcome: Result<Answer, StoreError>) {
        let (waiters, mustSchedule) = inner.withLock { inner in
            inner.maintenance = nil
            defer { inner.maintenanceWaiters = [] }
            // Compactions that were asked for meanwhile begin with a turn of their own.
            inner.queue += inner.postponedCompactions.map { Request(work: .compact, continuation: $0) }
            let mustSchedule = !inner.postponedCompactions.isEmpty && !inner.isScheduled
            inner.postponedCompactions = []
            if mustSchedule { inner.isScheduled = true }
            return (inner.maintenanceWaiters, mustSchedule)
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
        if mustSchedule { services.workers.submit { self.work() } }
        hintIfWorthwhile()
    }
}
