/// What a key opens, from nothing to everything; the names are Azure's.
///
/// Levels are not a ladder: a system key does not open a function (see ``opens(_:)``).
public enum AccessLevel: String, Sendable, Hashable, CaseIterable {
    /// No key, or one that nobody knows.
    case anonymous
    /// A key of the function, or one of the host's function keys.
    case function
    /// A system key.
    case system
    /// The master key.
    case admin

    /// True when a key of this level is accepted where `required` is asked for.
    public func opens(_ required: AccessLevel) -> Bool {
        required == .anonymous || self == required || self == .admin
    }
}
