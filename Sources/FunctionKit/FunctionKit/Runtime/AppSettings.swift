/// The app settings as a function sees them: names to texts.
///
/// They are fixed for the life of the host, but for a Key Vault reference, whose value follows the vault.
public struct AppSettings: Sendable {
    private let lookup: @Sendable (String) -> String?

    /// Makes settings over a lookup; names are case-sensitive, as environment variables are.
    public init(_ lookup: @escaping @Sendable (String) -> String?) { self.lookup = lookup }

    /// Makes settings from a dictionary.
    public init(_ values: [String: String]) { lookup = { values[$0] } }

    /// The setting's value; nil when it is absent or empty, since an empty app setting means "not set" to every user.
    public subscript(name: String) -> String? {
        guard let value = lookup(name), !value.isEmpty else { return nil }
        return value
    }
}
