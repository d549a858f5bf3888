/// Durations in Azure's configuration files.
package enum TimeSpanText {
    /// Reads what ``TimeSpan/init(_:)`` reads; nil for anything else.
    package static func parse(_ text: String) -> Duration? { TimeSpan(text)?.duration }
}
