import FunctionKit

/// A listening socket as an event loop sees it.
struct Listener: Sendable {
    let descriptor: CInt
    let speaksTLS: Bool
    let expectsProxyHeader: Bool
    /// Whether nobody else listens on it.
    let isOwned: Bool

    init(_ socket: ListeningSocket, hasCredentials: Bool) {
        descriptor = socket.descriptor
        speaksTLS = hasCredentials && socket.path == nil
        expectsProxyHeader = socket.expectsProxyHeader
        isOwned = !socket.isAdopted
    }
}

/// A connection's socket that no loop serves yet.
struct AcceptedSocket: Sendable {
    let descriptor: CInt
    /// Nil for one that came by a Unix socket.
    let address: IPAddress?
    /// Whom it counts for; nil for one that counts only together with all others.
    let key: AddressKey?
    /// The place of its listener among those of the loop.
    let listener: Int

    /// What functions see of the peer: its address, or `unix`.
    var remoteAddress: String { address?.text ?? "unix" }
}
