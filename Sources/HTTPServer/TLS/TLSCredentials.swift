import FunctionKit

/// The certificate that new connections get, which can be changed while the server runs.
package final class TLSCredentials: Sendable {
    private let source: TLSCertificate
    private let tickets = TLSTickets()
    private let current: LockedState<TLSContext>
    /// What a person should know of the certificate that was read first.
    package let warnings: [String]

    /// Reads the certificate and its key.
    ///
    /// - Throws: ``TLSError`` with the file and the reason.
    package init(_ source: TLSCertificate) throws(TLSError) {
        self.source = source
        let (context, warnings) = try Self.read(source, tickets)
        self.warnings = warnings
        current = LockedState(context)
    }

    /// Reads both files again, for connections that begin from now on; those that are open keep what they have.
    ///
    /// - Returns: warnings.
    /// - Throws: ``TLSError``; then everything stays as it was.
    package func reload() throws(TLSError) -> [String] {
        let (context, warnings) = try Self.read(source, tickets)
        current.withLock { $0 = context }
        return warnings
    }

    /// Begins the server's side of a connection; nil when there is no memory for it.
    func makeSession(_ descriptor: CInt) -> TLSSession? {
        TLSSession(current.withLock { $0 }, descriptor: descriptor)
    }

    private static func read(
        _ source: TLSCertificate,
        _ tickets: TLSTickets
    ) throws(TLSError) -> (TLSContext, warnings: [String]) {
        let identity = try TLSIdentity.read(source)
        return (try TLSContext(identity, tickets: tickets, path: source.path), identity.warnings)
    }
}
