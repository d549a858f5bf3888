/// Waits until a folder has come to rest before it is looked at: an editor or a deployment changes several files in a row.
struct ChangeDebounce {
    /// How long nothing may change before the look: 500 ms, Azure's.
    static let rest = Duration.milliseconds(500)
    /// How long the look may be put off at the most: 5 s.
    static let restMax = Duration.seconds(5)

    private var first: Duration?
    private var due: Duration?

    /// Something changed.
    mutating func noticed(at now: Duration) {
        let first = first ?? now
        self.first = first
        due = min(now + Self.rest, first + Self.restMax)
    }

    /// How long until the look; nil when there is nothing to look at.
    func wait(at now: Duration) -> Duration? { due.map { max($0 - now, .zero) } }

    /// Whether it is time to look; true once for all that was noticed.
    mutating func takes(at now: Duration) -> Bool {
        guard let due, due <= now else { return false }
        self = ChangeDebounce()
        return true
    }
}
