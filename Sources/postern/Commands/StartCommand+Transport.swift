import FunctionHost
import Glibc

extension StartCommand {
    /// The options that say how connections reach the host.
    static let transportOptions: [Command.Option] = [
        .init(name: "useHttps", summary: "Speak HTTPS on the port, and nothing else"),
        .init(
            name: "cert",
            value: "PATH",
            summary: "Its certificate: PEM, or PKCS#12 (.pfx) with the key",
            completion: .file
        ),
        .init(name: "key", value: "PATH", summary: "The certificate's key, PEM", completion: .file),
        .init(name: "password", value: "WORD", summary: "The password of key or .pfx; process lists show it"),
        .init(name: "password-setting", value: "NAME", summary: "The app setting that holds the password"),
        .init(
            name: "unix-socket",
            value: "PATH",
            summary: "Listen on a Unix socket as well",
            completion: .file
        ),
        .init(name: "no-tcp", summary: "Listen on no port, but on the Unix socket alone"),
    ]

    static func transport(_ arguments: Arguments) throws -> TransportOverrides {
        var overrides = TransportOverrides()
        overrides.usesHTTPS = arguments.has("useHttps")
        for option in ["cert", "key", "password", "password-setting"] {
            guard overrides.usesHTTPS || arguments[option] == nil else {
                throw UsageError("'--\(option)' says how HTTPS is spoken. Add --useHttps.")
            }
        }
        guard arguments["key"] == nil || arguments["cert"] != nil else {
            throw UsageError("'--key' needs the certificate that it belongs to. Add --cert.")
        }
        guard arguments["password"] == nil || arguments["password-setting"] == nil else {
            throw UsageError("Give '--password' or '--password-setting', not both.")
        }
        overrides.certificate = arguments["cert"].map(absolutePath)
        overrides.key = arguments["key"].map(absolutePath)
        overrides.password = arguments["password"]
        overrides.passwordSetting = arguments["password-setting"]
        overrides.unixSocket = arguments["unix-socket"].map(absolutePath)
        overrides.closesTCP = arguments.has("no-tcp")
        return overrides
    }

    /// Does what each SIGHUP asks for, until it is cancelled.
    static func heed(_ hangUps: AsyncStream<Void>, _ hangUp: HangUp, _ host: Host) async {
        for await _ in hangUps {
            switch hangUp.meaning(canReload: host.canReload) {
            case .reload: host.reload()
            // The thread that waits for signals sees to the end.
            case .stop: kill(getpid(), SIGTERM)
            case .nothing: break
            }
        }
    }
}
