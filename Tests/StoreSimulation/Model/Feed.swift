internal import FunctionKit

/// What a reader of a tenant's changes has made of them. It keeps its position with what it has, so both outlive every crash.
struct Feed {
    private(set) var position = ChangePosition.beginning
    private(set) var documents = [Held?](repeating: nil, count: Place.count)
    /// True when nothing lay behind the last page.
    private(set) var isAtEnd = false

    /// Begins again, because removals that it needs are not kept any more.
    mutating func restart() { self = Feed() }

    /// Takes a page over.
    ///
    /// - Parameter held: what each change shows.
    /// - Returns: what is wrong with the page; nil when nothing is.
    mutating func take(_ page: ChangePage, _ held: [Held?]) -> String? {
        var last = position.revision
        for (change, held) in zip(page.changes, held) {
            guard let place = Place(change.key.collection, change.key.id) else { return "an unknown document" }
            guard change.revision > position.revision, change.revision >= last else {
                return "revision \(change.revision.rawValue) behind \(last.rawValue) and \(position)"
            }
            if let held, held.revision != change.revision.rawValue { return "a document of another revision" }
            last = change.revision
            documents[place.number] = held
        }
        guard page.position.revision >= last else { return "a position before its last change" }
        position = page.position
        isAtEnd = page.isAtEnd
        return nil
    }
}
