extension ConnectionState {
    /// Acts on a deadline that has passed; does nothing when none has.
    ///
    /// - Parameter taken: how many bytes of this connection's output the peer has confirmed so far; asked for only when the socket
    ///   has taken no more for a while.
    mutating func expire(now: Int64, taken: @autoclosure () -> Int) {
        self.now = now
        if now >= stallDeadline {
            guard writeClock.isTooSlow(taken: taken(), now: now, limits: limits) else {
                stallDeadline = now + limits.writeStallTime
                return
            }
            stallDeadline = .max
            inputDeadline = .max
            queued.append(.cancel)
            queued.append(.close)
            return
        }
        if now >= callDeadline {
            callDeadline = .max
            endCall(.callTimedOut, telling: .runOutOfTime)
            return
        }
        guard now >= inputDeadline else { return }
        inputDeadline = .max
        switch input {
        case .head: if hasHeadBytes { refuse(.headerTimedOut) } else { closing = .abrupt }
        case .gathering:
            head = nil
            body = []
            refuse(.bodyTimedOut)
        case .streaming:
            failBody(.bodyTimedOut)
            // The call's own answer would come too late for a client that has stopped sending.
            guard answer == .awaited else { return }
            answer = .none
            queued.append(.cancel)
            refuse(.bodyTimedOut)
        case .discarding: close(.abrupt)
        case .ended: queued.append(.close)
        case .waiting: break
        }
    }

    /// The server has no more time: a call that has not answered is left behind, and its client told so.
    ///
    /// - Returns: whether there is one.
    mutating func runOutOfGrace(now: Int64) -> Bool {
        self.now = now
        callDeadline = .max
        guard answer == .awaited else { return false }
        endCall(.stopping, telling: .leaveBehind)
        return true
    }

    /// Answers for a call that has not answered by itself; does nothing when there is none.
    private mutating func endCall(_ refusal: RequestRefusal, telling owner: ConnectionAction) {
        guard answer == .awaited else { return }
        if input == .streaming { failBody(refusal) }
        answer = .none
        queued.append(owner)
        queued.append(.cancel)
        refuse(refusal)
    }

    /// The peer is told that nothing more comes; it has a while to hang up.
    mutating func lingers(now: Int64) {
        self.now = now
        inputDeadline = now + limits.lingerTime
    }

    /// The server is about to stop: answers say so from now on. What has arrived is still to be read, then ``drain(now:)`` follows.
    mutating func announceDrain() { isDraining = true }

    /// The server stops: the current request is answered, and those that have arrived behind it, then the connection ends.
    mutating func drain(now: Int64) {
        self.now = now
        isDraining = true
        endsWhenSettled = true
    }
}
