/// The keys that session tickets are sealed with (RFC 5077, section 4; RFC 8446, section 4.6.1): one that seals, and those before it,
/// which still open what they have sealed.
///
/// A ticket opens with its key for at most ``keptTime``; so whoever steals the process's memory reads no connection that is older.
struct TicketKeyRing {
    /// One key.
    struct Key: Equatable {
        /// Stands in each ticket in the clear: 16 bytes.
        var name: [UInt8]
        /// AES-256: 32 bytes.
        var cipherKey: [UInt8]
        /// HMAC-SHA-256: 32 bytes.
        var macKey: [UInt8]
    }

    /// How long a key seals new tickets: 12 hours.
    static let sealingTime: Int64 = 12 * 3600
    /// How long it opens them, from its making on: 24 hours.
    static let keptTime: Int64 = 24 * 3600

    private var keys: [(key: Key, madeAt: Int64)] = []

    var count: Int { keys.count }

    /// The key to seal with at a moment, in seconds of a clock that only runs forward; `make` is asked for a new one when it is time.
    mutating func sealing(at now: Int64, make: () -> Key?) -> Key? {
        keys.removeAll { now - $0.madeAt >= Self.keptTime }
        if let newest = keys.first, now - newest.madeAt < Self.sealingTime { return newest.key }
        guard let key = make() else { return nil }
        keys.insert((key, now), at: 0)
        return key
    }

    /// The key of this name, and whether the ticket should be replaced by one of a newer key; nil when it is unknown or too old.
    func opening(_ name: some Sequence<UInt8>, at now: Int64) -> (key: Key, isStale: Bool)? {
        guard let entry = keys.first(where: { $0.key.name.elementsEqual(name) }), now - entry.madeAt < Self.keptTime
        else {
            return nil
        }
        return (entry.key, now - entry.madeAt >= Self.sealingTime)
    }
}
