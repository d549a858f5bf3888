import FunctionKit
import Glibc
import HTTPServer

/// How connections reach the host: its sockets, and what they speak.
struct Transport: Sendable {
    /// The TCP port, if there is one, then the Unix socket.
    private(set) var sockets: [ListeningSocket] = []
    /// Nil for plain HTTP.
    let credentials: TLSCredentials?

    private let address: String

    /// The TCP port; nil without one.
    var port: Int? { sockets.first { $0.path == nil }?.port }

    /// Where the host answers, for links and for the report of the start. A host that has a Unix socket alone is `localhost` to those
    /// who reach it.
    var baseURL: String {
        let scheme = credentials == nil ? HTTPScheme.http : .https
        guard let port else { return "http://localhost" }
        let isAnyOrLoopback = ["0.0.0.0", "::", "127.0.0.1", "::1"].contains(address)
        let host = isAnyOrLoopback ? "localhost" : address.contains(":") ? "[\(address)]" : address
        return "\(scheme.rawValue)://\(host):\(port)"
    }

    /// Where the host listens, in words.
    var places: String {
        let unix = sockets.compactMap(\.path).map { "unix:\($0)" }
        return ((port == nil ? [] : [baseURL]) + unix).joined(separator: " and ")
    }

    /// Reads the certificate and opens the sockets. What was opened before something fails is closed again.
    static func open(
        _ options: HostOptions,
        _ configuration: TransportOptions,
        backlog: Int,
        setting: (String) -> String?,
        log: Logger
    ) throws(HostStartError) -> Transport {
        let overrides = options.transport
        var unixSocket = configuration.unixSocket
        if let path = overrides.unixSocket {
            if unixSocket != nil { unixSocket?.path = path } else { unixSocket = UnixSocketOptions(path: path) }
        }
        let listensOnTCP = configuration.listensOnTCP && !overrides.closesTCP
        guard listensOnTCP || unixSocket != nil else {
            throw HostStartError(
                .configuration,
                "The host has nothing to listen on: TCP is switched off, and there is no Unix socket. Name one with --unix-socket."
            )
        }
        let certificate = try certificate(options, configuration.tls, setting: setting)
        var transport = Transport(
            credentials: listensOnTCP
                ? try certificate.map { (source) throws(HostStartError) in try read(source, log) } : nil,
            address: options.address ?? HostOptions.addressDefault
        )
        do throws(HostStartError) {
            if listensOnTCP { transport.sockets.append(try openTCP(options, configuration, backlog)) }
            if let unixSocket { transport.sockets.append(try openUnix(unixSocket, options, backlog)) }
        } catch {
            transport.close()
            throw error
        }
        return transport
    }

    /// Ends the sockets; for a start that fails, since a server closes its own.
    func close() { for socket in sockets { socket.close() } }

    private init(credentials: TLSCredentials?, address: String) {
        self.credentials = credentials
        self.address = address
    }

    private static func openTCP(
        _ options: HostOptions,
        _ configuration: TransportOptions,
        _ backlog: Int
    ) throws(HostStartError) -> ListeningSocket {
        let port = options.port ?? HostOptions.portDefault
        do throws(HTTPServerError) {
            var socket = try ListeningSocket(
                address: options.address ?? HostOptions.addressDefault,
                port: port,
                backlog: backlog
            )
            socket.expectsProxyHeader = configuration.proxyProtocol
            return socket
        } catch {
            let text =
                error.code == .portInUse
                ? "Port \(port) is unavailable. Close the process using that port, or specify another port using --port [-p]."
                : error.description
            throw HostStartError(error.code == .system ? .software : .unavailable, text)
        }
    }

    private static func openUnix(
        _ socket: UnixSocketOptions,
        _ options: HostOptions,
        _ backlog: Int
    ) throws(HostStartError) -> ListeningSocket {
        do throws(HTTPServerError) {
            var opened = try ListeningSocket(
                path: absolutePath(socket.path, below: options.appRoot),
                mode: socket.mode,
                backlog: backlog
            )
            opened.expectsProxyHeader = socket.proxyProtocol
            return opened
        } catch {
            throw HostStartError(error.code == .system ? .software : .unavailable, error.description)
        }
    }
}

extension Transport {
    /// The certificate that the command line or `host.json` names; nil for plain HTTP.
    private static func certificate(
        _ options: HostOptions,
        _ configuration: TLSOptions?,
        setting: (String) -> String?
    ) throws(HostStartError) -> TLSCertificate? {
        let overrides = options.transport
        guard overrides.usesHTTPS || configuration != nil else { return nil }
        guard let path = overrides.certificate ?? configuration?.certificate else {
            throw HostStartError(
                .configuration,
                "--useHttps needs a certificate. Name one with --cert, or in extensions.server.tls of host.json."
            )
        }
        // The key and the password of host.json belong to the certificate of host.json.
        let isOwn = overrides.certificate != nil
        var password = overrides.password
        if let name = overrides.passwordSetting ?? (isOwn ? nil : configuration?.passwordSetting), password == nil {
            guard let value = setting(name) else {
                throw HostStartError(
                    .configuration,
                    "The setting '\(name)', which holds the certificate's password, is not there."
                )
            }
            password = value
        }
        return TLSCertificate(
            path: absolutePath(path, below: options.appRoot),
            keyPath: (overrides.key ?? (isOwn ? nil : configuration?.key)).map {
                absolutePath($0, below: options.appRoot)
            },
            password: password
        )
    }

    private static func read(_ source: TLSCertificate, _ log: Logger) throws(HostStartError) -> TLSCredentials {
        do throws(TLSError) {
            let credentials = try TLSCredentials(source)
            for warning in credentials.warnings { log.warning(warning) }
            return credentials
        } catch {
            throw HostStartError(.configuration, error.description)
        }
    }

    private static func absolutePath(_ path: String, below root: String) -> String {
        path.hasPrefix("/") ? path : root + "/" + path
    }

    /// Reads the certificate again, for connections that begin from now on. One that is broken is told of, and the old one stays.
    ///
    /// - Returns: whether there is a certificate that was read.
    func reloadCertificate(_ log: Logger) -> Bool {
        guard let credentials else { return false }
        do throws(TLSError) {
            for warning in try credentials.reload() { log.warning(warning) }
            return true
        } catch {
            log.error("The certificate was not changed, and the one before stays: \(error.description)")
            return false
        }
    }
}

extension TrustedProxies {
    /// Who may say where a request comes from: the list of `host.json`; without one, ASP.NET's setting makes it everybody.
    init(_ options: TransportOptions, setting: (String) -> String?) {
        let listed = try? TrustedProxies(
            options.trustedProxies,
            fields: options.readsForwarded ? .forwarded : .xForwarded
        )
        let trustsAll =
            setting("ASPNETCORE_FORWARDEDHEADERS_ENABLED").map { equalsIgnoringASCIICase($0, "true") } ?? false
        self = options.trustedProxies.isEmpty ? (trustsAll ? .everyPeer : .none) : listed ?? .none
    }
}
