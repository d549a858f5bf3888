/// Why a saved state is not one; it is then put aside and made anew from what it was made of.
public struct StateDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was found, as part of a sentence.
    public let reason: String

    /// Makes an error.
    public init(_ reason: String) { self.reason = reason }

    /// The reason.
    public var description: String { reason }
}
