/// What the body of a document was decoded to, for whoever reads the same version of it again.
///
/// An engine that keeps documents in memory gives each a place for it.
public final class DecodedBody: Sendable {
    private let state = LockedState<(any Sendable)?>(nil)

    /// Makes an empty place.
    public init() {}

    /// The value, if the last type that it was decoded to is this one.
    func value<Document: Sendable>(as type: Document.Type) -> Document? { state.withLock { $0 } as? Document }

    /// Keeps a value. An object is not kept: whoever reads the document would share it with all others.
    func keep<Document: Sendable>(_ value: Document) {
        guard !(Document.self is AnyClass) else { return }
        state.withLock { $0 = value }
    }
}
