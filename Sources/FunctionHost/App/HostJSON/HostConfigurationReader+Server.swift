import FunctionKit

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
        options.accessLog = accessLogOptions()
        return options
    }

    private mutating func accessLogOptions() -> AccessLogOptions {
        var options = AccessLogOptions()
        if let text = tree[Self.server + ["accessLog"]], !equalsIgnoringASCIICase(text, "off") {
            options.format = AccessLogFormat(rawValue: text.lowercased())
            if options.format == nil {
                report("extensions.server.accessLog", "'\(text)' is not one of off, json, combined.")
            }
        }
        options.file = tree[Self.server + ["accessLogFile"]]
        if let file = options.file, !file.hasPrefix("/") {
            report(
                "extensions.server.accessLogFile",
                "'\(file)' is not an absolute path, such as /var/log/postern/access.log."
            )
        }
        return options
    }
}
