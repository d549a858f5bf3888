/// Which app setting a binding's `connection` means. The value is a setting's name, never the connection itself.
package enum ConnectionName {
    /// What an absent or empty `connection` stands for: `AzureWebJobsStorage`.
    static let fallback = "Storage"

    /// The settings that may hold the connection, in the order in which they are looked up.
    package static func candidates(_ name: String?) -> [String] {
        let name = name.flatMap { $0.isEmpty ? nil : $0 } ?? fallback
        return [
            "ConnectionStrings:AzureWebJobs\(name)", "AzureWebJobs\(name)", "ConnectionStrings:\(name)", name,
        ]
    }

    /// The setting that holds the connection; nil when none of them has a value.
    package static func setting(for name: String?, settings: (String) -> String?) -> String? {
        candidates(name).first { settings($0)?.isEmpty == false }
    }
}
