/// An app setting that keeps the portal from working. The message names the setting and the remedy, and never a value.
public struct PortalConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting, the reason and what to do.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }
}
