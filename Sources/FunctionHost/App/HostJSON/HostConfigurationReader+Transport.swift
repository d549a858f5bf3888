import FunctionKit
import HTTPServer

extension HostConfigurationReader {
    /// Reads how connections reach the host: `tls`, `trustedProxies`, `forwardedHeader`, `proxyProtocol`, `unixSocket` and `tcp` of
    /// `extensions.server`.
    mutating func transportOptions() -> TransportOptions {
        var options = TransportOptions()
        options.tls = tlsOptions()
        options.trustedProxies = trustedProxies()
        options.readsForwarded = readsForwarded(hasProxies: !options.trustedProxies.isEmpty)
        options.proxyProtocol = transportFlag("proxyProtocol") ?? false
        options.unixSocket = unixSocketOptions()
        options.listensOnTCP = transportFlag("tcp") ?? true
        return options
    }

    private mutating func tlsOptions() -> TLSOptions? {
        let members = tree.children(of: "extensions", "server", "tls")
        guard !members.isEmpty else { return nil }
        func value(_ name: String) -> String? {
            tree["extensions", "server", "tls", name].flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let certificate = value("certificate") else {
            report("extensions.server.tls.certificate", "The path of the certificate is missing.")
            return nil
        }
        let known = ["certificate", "key", "certificatePasswordSetting"]
        for member in members where !known.contains(where: { equalsIgnoringASCIICase($0, member.name) }) {
            // A password that is written here by mistake must not be overlooked.
            report(
                "extensions.server.tls.\(member.name)",
                "This is not known. There are certificate, key and certificatePasswordSetting, the name of the app setting with the "
                    + "password."
            )
        }
        return TLSOptions(
            certificate: certificate,
            key: value("key"),
            passwordSetting: value("certificatePasswordSetting")
        )
    }

    private mutating func trustedProxies() -> [String] {
        let entries = tree.children(of: "extensions", "server", "trustedProxies")
            .sorted { (Int($0.name) ?? .max) < (Int($1.name) ?? .max) }.map(\.text)
        do {
            _ = try TrustedProxies(entries)
        } catch {
            report("extensions.server.trustedProxies", error.description)
        }
        return entries
    }

    private mutating func readsForwarded(hasProxies: Bool) -> Bool {
        let key = "extensions.server.forwardedHeader"
        guard let text = tree["extensions", "server", "forwardedHeader"] else { return false }
        let names = [TrustedProxies.Fields.xForwarded.rawValue, TrustedProxies.Fields.forwarded.rawValue]
        guard let name = names.first(where: { equalsIgnoringASCIICase($0, text) }) else {
            report(key, "'\(text)' is neither \(names.joined(separator: " nor ")).")
            return false
        }
        if !hasProxies {
            report(key, "It counts for the peers in extensions.server.trustedProxies alone, and that list is empty.")
        }
        return name == TrustedProxies.Fields.forwarded.rawValue
    }

    private mutating func unixSocketOptions() -> UnixSocketOptions? {
        let path = ["extensions", "server", "unixSocket"]
        let key = path.joined(separator: ".")
        // A path alone says all that most need.
        if let text = tree[path], !text.isEmpty { return UnixSocketOptions(path: text) }
        guard !tree.children(of: "extensions", "server", "unixSocket").isEmpty else { return nil }
        guard let socket = tree[path + ["path"]], !socket.isEmpty else {
            report("\(key).path", "The socket's path is missing.")
            return nil
        }
        var options = UnixSocketOptions(path: socket)
        if let text = tree[path + ["mode"]] {
            if let mode = UnixSocketOptions.mode(text) {
                options.mode = mode
            } else {
                report("\(key).mode", "'\(text)' is not a mode from 600 to 777, such as 660.")
            }
        }
        options.proxyProtocol = transportFlag("unixSocket", "proxyProtocol") ?? false
        return options
    }

    private mutating func transportFlag(_ names: String...) -> Bool? {
        let path = ["extensions", "server"] + names
        guard let text = tree[path] else { return nil }
        if let flag = Bool(text.lowercased()) { return flag }
        report(path.joined(separator: "."), "'\(text)' is neither true nor false.")
        return nil
    }
}
