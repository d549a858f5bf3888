import FunctionKit

/// Who may have one more connection: a value that counts, in all and by address.
struct ConnectionTable {
    /// What becomes of a connection.
    enum Admission: Equatable {
        /// It counts from now on, until ``leave(_:)``.
        case admitted
        /// There are too many.
        case tooMany
        /// Its address has too many.
        case tooManyOfAddress
    }

    let connectionsMax: Int
    let perAddressMax: Int
    private(set) var count = 0
    private var counts: [AddressKey: Int] = [:]

    init(connectionsMax: Int, perAddressMax: Int) {
        self.connectionsMax = connectionsMax
        self.perAddressMax = perAddressMax
    }

    /// How many addresses are counted: none when the bound of one is no stricter than that of all.
    var addressCount: Int { counts.count }

    private var countsAddresses: Bool { perAddressMax < connectionsMax }

    /// Counts a connection if it is within the bounds; one without a key counts in all only.
    mutating func admit(_ key: AddressKey?) -> Admission {
        guard count < connectionsMax else { return .tooMany }
        if countsAddresses, let key {
            let own = counts[key] ?? 0
            guard own < perAddressMax else { return .tooManyOfAddress }
            counts[key] = own + 1
        }
        count += 1
        return .admitted
    }

    /// An admitted connection has ended.
    mutating func leave(_ key: AddressKey?) {
        count -= 1
        guard countsAddresses, let key, let own = counts[key] else { return }
        counts[key] = own > 1 ? own - 1 : nil
    }
}

/// The connections of all loops of a server. It is asked when one begins and when one ends, never in between.
final class ConnectionCounts: Sendable {
    private let table: LockedState<ConnectionTable>

    init(_ configuration: HTTPServerConfiguration) {
        table = LockedState(
            ConnectionTable(
                connectionsMax: configuration.connectionsMax,
                perAddressMax: configuration.connectionsPerAddressMax
            )
        )
    }

    func admit(_ key: AddressKey?) -> ConnectionTable.Admission { table.withLock { $0.admit(key) } }

    func leave(_ key: AddressKey?) { table.withLock { $0.leave(key) } }

    /// How many connections there are now.
    var count: Int { table.withLock { $0.count } }
}
