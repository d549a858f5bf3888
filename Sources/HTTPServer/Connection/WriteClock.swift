/// Judges whether a client takes its answer, by what its system has confirmed and not by what ours has taken: the socket's buffer
/// may hold megabytes, and says that it has room only when a third of it is free.
///
/// Time counts only while the socket takes no more. A client is too slow when it takes nothing within the stall time, or, once that
/// time is over, less than the least rate on average.
struct WriteClock {
    private var start: Int64 = 0
    private var takenAtStart = 0
    private var takenAtLast = 0

    /// The socket takes no more from `now` on; the peer has confirmed `taken` bytes so far.
    init(taken: Int = 0, now: Int64 = 0) {
        start = now
        takenAtStart = taken
        takenAtLast = taken
    }

    /// Asked once in each stall time while the socket takes no more.
    mutating func isTooSlow(taken: Int, now: Int64, limits: ConnectionLimits) -> Bool {
        defer { takenAtLast = taken }
        guard taken > takenAtLast else { return true }
        let time = max(0, now - start - limits.writeStallTime)
        let (due, overflows) = time.multipliedReportingOverflow(by: limits.responseBytesPerSecondMin)
        return overflows || Int64(taken - takenAtStart) < due / 1000
    }
}
