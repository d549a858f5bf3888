/// What the source of a streamed response has given ahead of the socket: at most one chunk, and the end behind it.
///
/// So the next chunk is made on another thread while the loop sends the one before.
struct StreamedParts {
    enum Part: Sendable {
        case chunk([UInt8])
        case end
        /// The source failed: the response cannot be completed.
        case failed
    }

    private var waiting: [Part] = []
    private var isWanted = false

    /// The next part; nil when it has not come yet, and then it is what ``arrive(_:)`` gives back.
    mutating func want() -> Part? {
        guard waiting.isEmpty else { return waiting.removeFirst() }
        isWanted = true
        return nil
    }

    /// Takes a part; gives it back when it is waited for.
    mutating func arrive(_ part: Part) -> Part? {
        guard isWanted else {
            waiting.append(part)
            return nil
        }
        isWanted = false
        return part
    }
}
