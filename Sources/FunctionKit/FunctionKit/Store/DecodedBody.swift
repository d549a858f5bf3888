/// What the body of a document was decoded to, for whoever reads the same version of it again.
///
/// An engine that keeps documents in memory gives each a place for it. It says nothing of the document that its body does not say,
/// so all are equal.
public final class DecodedBody: Sendable, Hashable {
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

    /// True: the body decides.
    public static func == (left: DecodedBody, right: DecodedBody) -> Bool { true }

    /// Adds nothing.
    public func hash(into hasher: inout Hasher) {}
}
