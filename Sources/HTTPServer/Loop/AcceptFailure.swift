import Glibc

/// What an accept that failed means for the listener (`accept(2)`, "Error handling").
enum AcceptFailure: Equatable {
    /// Nobody waits any more.
    case nobodyWaits
    /// That one connection is lost; the next may be in order.
    case lost
    /// There is no descriptor to accept with: the reserve has to be given up for it.
    case noDescriptor
    /// The socket listens no more: the server stops.
    case closed
    /// The system has no memory, or does not say what it lacks: the listener rests for ``pauseMilliseconds``, because it would
    /// stay readable and wake the loop again and again.
    case exhausted

    /// How long a listener rests: 100 ms. Clients wait meanwhile in the system's queue.
    static let pauseMilliseconds: Int64 = 100

    init(errno code: CInt) {
        switch code {
        case EAGAIN: self = .nobodyWaits
        case ECONNABORTED, EINTR, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH, ETIMEDOUT:
            self = .lost
        case EMFILE, ENFILE: self = .noDescriptor
        case EINVAL: self = .closed
        default: self = .exhausted
        }
    }
}

/// Keeps a kind of line from filling the log: the first is written at once, then one a second at the most, with the number of
/// what happened since the last.
struct LogThrottle {
    /// The least time between two lines: one second.
    static let intervalMilliseconds: Int64 = 1000

    private var lastLine: Int64?
    private var untold = 0

    /// Something happened; the number to tell now, nil when it is not yet time.
    mutating func note(now: Int64) -> Int? {
        untold += 1
        if let lastLine, now - lastLine < Self.intervalMilliseconds { return nil }
        lastLine = now
        defer { untold = 0 }
        return untold
    }
}
