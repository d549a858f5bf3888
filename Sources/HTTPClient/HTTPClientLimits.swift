/// The bounds of the outbound HTTP client, and what happens at each.
package struct HTTPClientLimits: Sendable {
    /// How many exchanges run at once; further ones wait their turn.
    package var concurrentMax = 128
    /// How many of them may go to one origin (scheme, host and port), so that a server that hangs stops only its own callers.
    package var concurrentPerOriginMax = 64
    /// How many exchanges may wait; one more is refused with ``HTTPClientError/Code/closed``.
    package var waitingMax = 1024
    /// How many idle connections are kept for reuse; the oldest is closed for a new one.
    package var idleConnectionsMax = 64
    /// The most bytes of a response's header section; a longer one ends with ``HTTPClientError/Code/interrupted``.
    package var responseHeaderBytesMax = 256 << 10
    /// How many bytes of a response wait for their reader before the server is made to wait.
    package var unreadBytesMax = 64 << 10
    /// The most bytes of a body that is signed, which needs the whole body first; a longer one is refused with
    /// ``HTTPClientError/Code/invalidRequest``.
    package var signedBodyBytesMax = 16 << 20

    /// Makes limits with their defaults.
    package init() {}
}
