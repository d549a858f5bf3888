import CCurl
import FunctionKit

/// Runs exchanges on the loop's thread until it is told to stop. Everything here belongs to that thread.
final class TransferRunner {
    private let loop: TransferLoop
    private let handle: MultiHandle
    private let events: SocketEvents
    private var running: [Int: Transfer] = [:]
    private var runningPerOrigin: [Origin: Int] = [:]
    private var waiting: [(request: PreparedRequest, exchange: Exchange)] = []
    /// No deadline is earlier than this one; the exact earliest is looked up only when it has passed.
    private var deadlineBound: ContinuousClock.Instant?
    private var mayStartWaiting = false
    private let unanswered = UnansweredTransfers()

    init(loop: TransferLoop, handle: MultiHandle) {
        self.loop = loop
        self.handle = handle
        events = SocketEvents(handle)
    }

    /// Works until a stop, then ends what is left.
    func run() {
        while !applyCommands() {
            startWaiting()
            events.callIfDue()
            finishCompleted()
            answerOthers()
            expire()
            if mayStartWaiting && !waiting.isEmpty { continue }
            events.wait(until: deadlineBound)
        }
        shutDown()
    }

    // MARK: Commands

    /// Does what other threads asked; true when the loop must stop.
    private func applyCommands() -> Bool {
        let (commands, isStopping) = loop.takeCommands()
        for command in commands {
            switch command {
            case .start(let request, let exchange): enqueue(request, exchange)
            case .cancel(let id): cancel(id)
            case .resumeReceiving(let id): resume(id, CURLPAUSE_RECV)
            case .resumeSending(let id): resume(id, CURLPAUSE_SEND)
            }
        }
        return isStopping
    }

    private func enqueue(_ request: PreparedRequest, _ exchange: Exchange) {
        waiting.append((request, exchange))
        mayStartWaiting = true
        watch(request.firstByteDeadline)
    }

    private func cancel(_ id: Int) {
        if let transfer = running[id] {
            end(transfer, .failure(cancelled(transfer.request.origin)))
        } else if let index = waiting.firstIndex(where: { $0.exchange.id == id }) {
            let (request, exchange) = waiting.remove(at: index)
            drop(exchange, cancelled(request.origin))
        }
    }

    private func cancelled(_ origin: Origin) -> HTTPClientError {
        HTTPClientError(.cancelled, "The exchange with \(origin) was cancelled.")
    }

    private func resume(_ id: Int, _ direction: Int32) {
        guard let transfer = running[id], transfer.pausedDirections & direction != 0 else { return }
        transfer.pausedDirections &= ~direction
        // libcurl may call back from inside and pause again, which is recorded before the next command is looked at.
        _ = curl_easy_pause(transfer.easy, transfer.pausedDirections)
    }

    // MARK: Start and end

    /// Starts waiting exchanges in the order they came, passing over those whose origin has all it may have.
    private func startWaiting() {
        guard mayStartWaiting else { return }
        mayStartWaiting = false
        var index = 0
        while index < waiting.count, running.count < loop.limits.concurrentMax {
            let origin = waiting[index].request.origin
            if runningPerOrigin[origin, default: 0] < loop.limits.concurrentPerOriginMax {
                let (request, exchange) = waiting.remove(at: index)
                start(request, exchange)
            } else {
                index += 1
            }
        }
    }

    private func start(_ request: PreparedRequest, _ exchange: Exchange) {
        guard let transfer = Transfer(request, exchange, loop: loop, unanswered: unanswered),
            curl_multi_add_handle(handle.pointer, transfer.easy) == CURLM_OK
        else {
            drop(
                exchange,
                HTTPClientError(.invalidRequest, "libcurl does not accept the request to \(request.origin).")
            )
            return
        }
        running[exchange.id] = transfer
        runningPerOrigin[request.origin, default: 0] += 1
        transfer.upload?.start()
    }

    private func finishCompleted() {
        var code = CURLE_OK
        while let easy = ccurl_next_finished(handle.pointer, &code) {
            guard let transfer = Transfer.from(ccurl_get_private(easy)) else { continue }
            end(transfer, outcome(of: transfer, code))
        }
    }

    private func outcome(of transfer: Transfer, _ code: CURLcode) -> Result<Void, HTTPClientError> {
        if let failure = transfer.failure { return .failure(failure) }
        guard code != CURLE_OK else { return .success(()) }
        let systemError = Int32(truncatingIfNeeded: ccurl_get_number(transfer.easy, CURLINFO_OS_ERRNO))
        return .failure(HTTPClientError(code, systemError: systemError, origin: transfer.request.origin))
    }

    private func end(_ transfer: Transfer, _ result: Result<Void, HTTPClientError>) {
        let origin = transfer.request.origin
        let newConnections = ccurl_get_number(transfer.easy, CURLINFO_NUM_CONNECTS)
        curl_multi_remove_handle(handle.pointer, transfer.easy)
        running[transfer.exchange.id] = nil
        let left = runningPerOrigin[origin, default: 1] - 1
        runningPerOrigin[origin] = left > 0 ? left : nil
        mayStartWaiting = true
        loop.exchangeEnded(newConnections: newConnections)
        if case .success = result { transfer.answerWhole() } else { transfer.answer() }
        transfer.exchange.end(result)
    }

    /// Tells the tasks of those whose headers are there and whose bodies are not yet.
    private func answerOthers() {
        for transfer in unanswered.transfers { transfer.answer() }
        unanswered.transfers.removeAll(keepingCapacity: true)
    }

    /// Ends an exchange that does not run. Its place is free before its task hears of it, so that the task may use it.
    private func drop(_ exchange: Exchange, _ error: HTTPClientError) {
        loop.exchangeEnded(newConnections: 0)
        exchange.end(.failure(error))
    }

    private func shutDown() {
        func closed(_ origin: Origin) -> HTTPClientError {
            HTTPClientError(.closed, "The exchange with \(origin) ended because the HTTP client was shut down.")
        }
        for transfer in Array(running.values) { end(transfer, .failure(closed(transfer.request.origin))) }
        for (request, exchange) in waiting {
            drop(exchange, closed(request.origin))
        }
        waiting = []
        unanswered.transfers = []
        handle.free()
        loop.stopped()
    }

    // MARK: Deadlines

    private func watch(_ deadline: ContinuousClock.Instant) {
        deadlineBound = min(deadlineBound ?? deadline, deadline)
    }

    /// Ends what has taken too long, and looks up the next deadline.
    private func expire() {
        let now = ContinuousClock.now
        guard let bound = deadlineBound, bound <= now else { return }
        deadlineBound = nil
        for transfer in Array(running.values) {
            if transfer.deadline <= now {
                end(transfer, .failure(timedOut(transfer.request.origin, hasResponded: transfer.hasResponded)))
            } else {
                watch(transfer.deadline)
            }
        }
        for (request, exchange) in waiting where request.firstByteDeadline <= now {
            drop(exchange, HTTPClientError(.timedOut, "The request to \(request.origin) waited too long for its turn."))
        }
        waiting.removeAll { $0.request.firstByteDeadline <= now }
        for (request, _) in waiting { watch(request.firstByteDeadline) }
    }

    private func timedOut(_ origin: Origin, hasResponded: Bool) -> HTTPClientError {
        HTTPClientError(
            .timedOut,
            hasResponded ? "\(origin) did not finish its answer in time." : "\(origin) did not answer in time."
        )
    }
}
