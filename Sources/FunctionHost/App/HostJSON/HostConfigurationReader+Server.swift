extension HostConfigurationReader {
    /// The section's path.
    static let server = ["extensions", "server"]

    /// Reads `extensions.server`.
    mutating func serverOptions() -> ServerOptions {
        var options = ServerOptions()
        for bound in ServerBound.all {
            guard let text = tree[Self.server + [bound.name]] else { continue }
            if let complaint = bound.read(text, into: &options.bounds) {
                report("extensions.server.\(bound.name)", complaint)
            }
        }
        return options
    }
}
