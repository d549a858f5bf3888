public import FunctionKit

/// An app setting that keeps the portal from working, and so the app from starting. The message names the setting and the
/// remedy, and never a value.
public struct PortalConfigurationError: AppConfigurationError, Sendable, Hashable {
    /// The setting, the reason and what to do.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }
}
