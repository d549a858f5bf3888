package import FunctionKit

/// The calls of one connection, one after another: a task that serves them all, and the executor that it runs on, which is the
/// connection's event loop.
///
/// A task for each request cost a third of a request's time in user space; this one waits for the next request and goes on. As its
/// preferred executor, the loop runs whatever the task and its children do, so that a call which suspends comes back to the loop
/// without a change of thread.
///
/// `@unchecked Sendable`: every variable is used on the loop's thread only. The task's own code runs there as long as the loop
/// does; when the loop has ended, the last steps of a task run elsewhere, find ``isClosed`` set, and the loop touches the call no more.
package final class HTTPCall: TaskExecutor, @unchecked Sendable {
    let id: ConnectionID
    private let loop: EventLoop
    private var request: HTTPRequest?
    private var waiter: UnsafeContinuation<Void, Never>?
    private var task: Task<Void, Never>?
    private var isClosed = false
    /// The answer that the connection has not taken yet; the gate is there when its body is streamed.
    private var answer: (response: HTTPResponse, gate: ResponseBodyGate?)?
    /// Whether a job that comes now is the one that ``begin(_:)`` has asked for.
    private var isBeginning = false
    private var firstJob: UnownedJob?
    private var owner: (any HTTPCallOwner)?
    private var invocation = InvocationID(high: 0, low: 0)

    init(id: ConnectionID, loop: EventLoop) {
        self.id = id
        self.loop = loop
    }

    // MARK: For the responder

    /// Says whose call this is, from now to the next request. To be called where the call began: on the loop's thread.
    package func belongs(to owner: any HTTPCallOwner, as id: InvocationID) {
        guard loop.isOnThread else { return }
        self.owner = owner
        invocation = id
    }

    // MARK: For the loop

    /// Hands a request to the task.
    ///
    /// - Returns: the job with which the task begins to answer, to be run at once; nil when it is still busy and will find the
    ///   request by itself.
    func begin(_ request: HTTPRequest) -> UnownedJob? {
        self.request = request
        isBeginning = true
        if let waiter = waiter.take() {
            waiter.resume()
        } else if task == nil {
            // Unstructured, because it belongs to its connection: it is cancelled when the connection vanishes.
            task = Task(executorPreference: self) { await self.serve() }
        }
        isBeginning = false
        return firstJob.take()
    }

    /// Runs a step of the task or of one of its children; the loop's time tells its owner how long it took.
    func run(_ job: UnownedJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
        let held = loop.lap()
        owner?.held(nanoseconds: held)
    }

    /// The answer, once; nil while there is none.
    func takeAnswer() -> (response: HTTPResponse, gate: ResponseBodyGate?)? { answer.take() }

    /// Whether the task only waits for a request, and may as well end.
    var isIdle: Bool { waiter != nil && request == nil && answer == nil }

    /// Tells the owner that the call has taken too long.
    func tellOfTimeout() { owner?.ranOutOfTime(invocation) }

    /// Tells the owner that the call is left behind.
    func tellOfLeavingBehind() { owner?.leftBehind(invocation) }

    /// Asks the running call to end, which may still answer.
    func cancel() { task?.cancel() }

    /// Ends the running call; the connection takes no other.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        answer = nil
        request = nil
        task?.cancel()
        waiter.take()?.resume()
    }

    // MARK: The task

    private func serve() async {
        while let request = await nextRequest() {
            let response = await loop.responder.respond(to: request, in: self)
            guard response.body.isStreamed else {
                if !isClosed { answer = (response, nil) }
                continue
            }
            let gate = ResponseBodyGate()
            if !isClosed { answer = (response, gate) } else { gate.close() }
            // What a source does to make its chunks must hold up nobody, and goes on while the loop sends.
            await withTaskExecutorPreference(globalConcurrentExecutor) {
                await stream(response.body.makeSource(), through: gate)
            }
        }
    }

    private func nextRequest() async -> HTTPRequest? {
        while !isClosed {
            if let request = request.take() {
                owner = nil
                return request
            }
            await withUnsafeContinuation { waiter = $0 }
        }
        return nil
    }

    private func stream(_ source: HTTPBody.Source, through gate: ResponseBodyGate) async {
        do {
            while await gate.passes() {
                guard let chunk = try await source() else {
                    // A sequence ends when its reader is cancelled: what was cut off must not look complete.
                    return give(Task.isCancelled ? .failed : .end)
                }
                give(.chunk(chunk))
            }
        } catch {
            loop.logger.warning("A streamed response broke off: \(error)")
            give(.failed)
        }
    }

    private func give(_ part: StreamedParts.Part) { loop.mailbox.post(.responsePart(id, part)) }

    // MARK: TaskExecutor

    /// Takes a step of the task, from any thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        guard loop.isOnThread else {
            if !loop.mailbox.post(.job(job, self)) { loop.runElsewhere(job) }
            return
        }
        if isBeginning, firstJob == nil { firstJob = job } else { loop.jobs.append((job, self)) }
    }
}
