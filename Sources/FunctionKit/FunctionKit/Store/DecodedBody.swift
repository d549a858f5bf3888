/// What the body of a document was decoded to, for whoever reads the same version of it again.
///
/// An engine that keeps documents in memory gives each a place for it; it is filled for collections that say so
/// (``CollectionDefinition/sharesDecoded``).
public final class DecodedBody: Sendable {
    private let state = LockedState<(type: ObjectIdentifier, value: any Sendable)?>(nil)

    /// Makes an empty place.
    public init() {}

    /// The value, if the last type that it was decoded to is this very one.
    func value<Document: Sendable>(as type: Document.Type) -> Document? {
        guard let kept = state.withLock({ $0 }), kept.type == ObjectIdentifier(type) else { return nil }
        return kept.value as? Document
    }

    /// Keeps a value.
    func keep<Document: Sendable>(_ value: Document) {
        state.withLock { $0 = (ObjectIdentifier(Document.self), value) }
    }
}
