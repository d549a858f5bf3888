/// A text that must not be shown: printing, logging or reflecting it gives `<secret>`.
///
/// The text itself is reached only through ``revealed``, so that a search for that word finds every use.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text, for signing, comparing and for the one header that carries it.
    public let revealed: String

    /// Hides a text.
    public init(_ text: String) { revealed = text }

    /// The text's UTF-8 bytes.
    public var bytes: [UInt8] { Array(revealed.utf8) }

    /// Never the text.
    public var description: String { "<secret>" }
    /// Never the text.
    public var debugDescription: String { "<secret>" }
    /// No children, so that `dump` and string interpolation of a type around it show nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
