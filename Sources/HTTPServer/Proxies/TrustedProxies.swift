import FunctionKit

/// Whose word on the origin of a request counts, and in which header fields.
package struct TrustedProxies: Sendable, Equatable {
    /// The header fields that the proxies write. Only these are read: the others a proxy passes on as the client wrote them.
    package enum Fields: String, Sendable {
        /// `X-Forwarded-For`, `X-Forwarded-Proto`, `X-Forwarded-Host`.
        case xForwarded = "X-Forwarded"
        /// `Forwarded` (RFC 7239).
        case forwarded = "Forwarded"
    }

    private enum Trust: Equatable {
        case listed(blocks: [AddressBlock], trustsUnix: Bool)
        /// Whoever connects is a proxy, and whom it names is the client.
        case everyPeer
    }

    /// How many hops are followed at most: 32.
    package static let hopsMax = 32

    private let trust: Trust
    private let fields: Fields

    /// Nobody's word counts.
    package static let none = TrustedProxies(trust: .listed(blocks: [], trustsUnix: false), fields: .xForwarded)
    /// Whoever connects is a proxy, as ASP.NET's `ASPNETCORE_FORWARDEDHEADERS_ENABLED` has it: the last entries of `X-Forwarded-For` and
    /// `X-Forwarded-Proto` count.
    package static let everyPeer = TrustedProxies(trust: .everyPeer, fields: .xForwarded)

    private init(trust: Trust, fields: Fields) {
        self.trust = trust
        self.fields = fields
    }

    /// Reads a list of addresses, blocks (`10.0.0.0/8`) and `unix`, which stands for whoever comes by a Unix socket.
    ///
    /// - Throws: ``TrustedProxiesError`` for the first entry that is none of these.
    package init(_ entries: [String], fields: Fields = .xForwarded) throws(TrustedProxiesError) {
        var blocks: [AddressBlock] = []
        var trustsUnix = false
        for entry in entries {
            if entry == "unix" { trustsUnix = true } else { blocks.append(try AddressBlock(entry)) }
        }
        self.init(trust: .listed(blocks: blocks, trustsUnix: trustsUnix), fields: fields)
    }

    /// Whether proxies are named one by one.
    var isList: Bool {
        guard case .listed(let blocks, let trustsUnix) = trust else { return false }
        return trustsUnix || !blocks.isEmpty
    }

    /// Whether a peer's word counts.
    ///
    /// - Parameter peer: nil for one that came by a Unix socket.
    func trusts(_ peer: IPAddress?) -> Bool {
        switch trust {
        case .everyPeer: true
        case .listed(let blocks, let trustsUnix):
            peer.map { peer in blocks.contains { $0.contains(peer) } } ?? trustsUnix
        }
    }

    /// Where a request comes from that a trusted peer has passed on. What is malformed or obfuscated ends the way back: the last hop
    /// that is known counts then.
    ///
    /// - Parameters:
    ///   - peer: what is known of the peer itself.
    func origin(of headers: HTTPFields, by peer: RequestOrigin) -> RequestOrigin {
        let hops: [ForwardedHop]
        switch fields {
        case .xForwarded: hops = ForwardedHop.read(xForwarded: headers)
        case .forwarded: hops = ForwardedHop.read(forwarded: headers)
        }
        var origin = peer
        for hop in hops.prefix(trust == .everyPeer ? 1 : Self.hopsMax) {
            // What a trusted hop says of the scheme and the host of the request that it got.
            if let scheme = hop.scheme { origin.scheme = scheme }
            if let host = hop.host, trust != .everyPeer { origin.host = host }
            guard let address = hop.address else { break }
            origin.remoteAddress = address.text
            guard trust != .everyPeer, trusts(address) else { break }
        }
        return origin
    }
}

/// Why an entry of the list of proxies is none.
package struct TrustedProxiesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The entry, the reason, the remedy.
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Where a request comes from, as far as it is known.
struct RequestOrigin: Equatable {
    var remoteAddress: String
    var scheme: HTTPScheme
    /// The host that a trusted proxy names.
    var host: String?
}
