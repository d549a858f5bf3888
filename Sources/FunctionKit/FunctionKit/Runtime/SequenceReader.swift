/// Holds the iterator of an asynchronous sequence between the calls of a closure that gives its elements one by one.
actor SequenceReader<Elements: AsyncSequence & Sendable> where Elements.Element: Sendable {
    private var iterator: Elements.AsyncIterator?

    init(_ elements: Elements) { iterator = elements.makeAsyncIterator() }

    /// The iterator is taken out while it is awaited: a source is never asked twice at the same time, and a second
    /// question would find nothing rather than a torn iterator.
    func next() async throws -> Elements.Element? {
        guard var current = iterator else { return nil }
        iterator = nil
        let element = try await current.next(isolation: self)
        iterator = element == nil ? nil : current
        return element
    }
}
