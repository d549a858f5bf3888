/// Why no app or function was written.
package struct ScaffoldError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whose affair it is.
    package enum Kind: Sendable {
        /// The command line's: a name that cannot be used.
        case usage
        /// The folder's: not an app, or not writable.
        case configuration
    }

    /// Whose affair it is.
    package let kind: Kind
    /// The thing, the reason and the remedy.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
