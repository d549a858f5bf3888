import Glibc

/// Why the server could not start.
package struct HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, as a program distinguishes it.
    package enum Code: Sendable, Hashable {
        /// Another process listens on the address and port.
        case portInUse
        /// The address is not one of this machine's, or not a numeric address.
        case addressUnavailable
        /// The system does not let this user listen on the port.
        case permissionDenied
        /// The server is already running or was stopped.
        case wrongState
        /// Any other refusal of the system.
        case system
    }

    /// What went wrong.
    package let code: Code
    /// The address, the port, the reason and what to do.
    package let description: String

    static func listen(address: String, port: Int, errno code: Int32) -> HTTPServerError {
        let place = "Cannot listen on \(address) port \(port)"
        switch code {
        case EADDRINUSE:
            return HTTPServerError(
                code: .portInUse,
                description: "\(place): another process listens there. Stop it or choose another port."
            )
        case EADDRNOTAVAIL:
            return HTTPServerError(
                code: .addressUnavailable,
                description: "\(place): this machine has no such address. Use 127.0.0.1, 0.0.0.0 or one of its own."
            )
        case EACCES, EPERM:
            return HTTPServerError(
                code: .permissionDenied,
                description: "\(place): the system does not allow it to this user. Choose a port from 1024 up."
            )
        default:
            return HTTPServerError(code: .system, description: "\(place): \(systemErrorText(code)).")
        }
    }

    static func invalidAddress(_ address: String) -> HTTPServerError {
        HTTPServerError(
            code: .addressUnavailable,
            description:
                "Cannot listen on '\(address)': it is not a numeric IPv4 or IPv6 address, such as 127.0.0.1 or ::1."
        )
    }

    static func invalidPort(_ port: Int) -> HTTPServerError {
        HTTPServerError(code: .addressUnavailable, description: "Cannot listen on port \(port): use 0 to 65535.")
    }
}
