import FunctionKit

extension EventLoop {
    /// How often in a turn the loop looks for steps that other steps have left, before sockets get theirs again.
    private static let jobRoundsPerTurn = 16

    func callStreaming(_ connection: SocketConnection, _ request: HTTPRequest, length: Int?) {
        let (mailbox, id) = (mailbox, connection.id)
        let pipe = RequestBodyPipe(byteCountMax: configuration.bodyReadAheadBytesMax) {
            mailbox.post(.bodyDemand(id))
        }
        connection.pipe = pipe
        var request = request
        request.body = HTTPBody(length: length) { try await pipe.next() }
        call(connection, request)
    }

    /// Begins a call. One that does not suspend has its response when this returns.
    func call(_ connection: SocketConnection, _ request: HTTPRequest) {
        let call = connection.call ?? makeCall(for: connection)
        guard let job = call.begin(request) else { return }
        call.run(job)
        settle(call, connection)
    }

    /// Runs the steps of calls that wait.
    func runJobs() {
        beginTurn(of: jobs.count)
        for _ in 0..<Self.jobRoundsPerTurn where !jobs.isEmpty {
            // Swapped and not copied: an array with two owners is copied by its next change.
            var batch: [(UnownedJob, HTTPCall)] = []
            swap(&batch, &spareJobs)
            swap(&batch, &jobs)
            for (job, call) in batch {
                call.run(job)
                guard let connection = connection(call.id), settle(call, connection) else { continue }
                drive(connection)
            }
            batch.removeAll(keepingCapacity: batch.capacity <= 4096)
            spareJobs = batch
        }
    }

    /// Takes the answer of a call; false when there is none yet.
    @discardableResult
    private func settle(_ call: HTTPCall, _ connection: SocketConnection) -> Bool {
        guard let (response, gate) = call.takeAnswer() else { return false }
        respond(connection, response, gate)
        return true
    }

    /// Runs a step of a call that has outlived the loop.
    func runElsewhere(_ job: UnownedJob) { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }

    /// The nanoseconds since the last call of this method, or since the loop last woke.
    func lap() -> Int64 {
        let end = SystemTime.nanoseconds
        defer { lapStart = end }
        return end - lapStart
    }
}
