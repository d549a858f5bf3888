internal import FunctionKit

/// One content that a client has sent for one place; its number stands in its body, so that whoever reads it knows which it is.
struct Version {
    let number: Int
    let tenant: Int
    let place: Place
    let group: Int
    let unique: String?
    let expiresAt: Timestamp?
    let batch: Int
    let body: [UInt8]
    /// The creation time with which it was seen first; it never changes.
    var createdAt: Timestamp?

    init(
        number: Int,
        tenant: Int,
        place: Place,
        group: Int,
        unique: String?,
        expiresAt: Timestamp?,
        batch: Int,
        padding: Int
    ) {
        self.number = number
        self.tenant = tenant
        self.place = place
        self.group = group
        self.unique = unique
        self.expiresAt = expiresAt
        self.batch = batch
        var text = "{\"v\":\(number),\"g\":\(group)"
        if let unique { text += ",\"u\":\"\(unique)\"" }
        body =
            Array((text + ",\"p\":\"").utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: padding) + Array("\"}".utf8)
    }

    /// The number in a body; nil when there is none.
    static func number(in body: [UInt8]) -> Int? {
        guard body.starts(with: Array("{\"v\":".utf8)) else { return nil }
        let digits = body.dropFirst(5).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    /// Its place in the order of an index.
    func sortKey(_ order: PageRequest.Index) -> SortKey {
        switch order {
        case .ids: SortKey(group: 0, unique: nil, place: place.number)
        case .unique: SortKey(group: 0, unique: unique, place: place.number)
        case .group: SortKey(group: group, unique: unique, place: place.number)
        }
    }
}

/// A place in the order of an index; a field that the index does not have is the same everywhere.
struct SortKey: Comparable {
    var group: Int
    var unique: String?
    var place: Int

    static func < (left: SortKey, right: SortKey) -> Bool {
        // No value comes before every text, and the texts here are not empty.
        (left.group, left.unique ?? "", left.place) < (right.group, right.unique ?? "", right.place)
    }
}

/// A version as it stands in a tenant.
struct Held: Hashable {
    let version: Int
    let revision: Int64
}

/// One page that a client asks for.
struct PageRequest {
    enum Index: CaseIterable { case ids, unique, group }

    var isAlpha: Bool
    var index: Index
    /// Only documents of this group; for the index by group.
    var group: Int?
    var isDescending: Bool
    var limit: Int
    /// The last document of the page before.
    var behind: SortKey?
    var cursor: String?

    var query: StoreQuery {
        StoreQuery(
            collection: isAlpha ? Place.alpha : Place.beta,
            index: index == .ids ? nil : index == .unique ? "by_u" : "by_g",
            equals: group.map { [.number(Double($0))] } ?? [],
            order: isDescending ? .descending : .ascending,
            limit: limit,
            cursor: cursor
        )
    }
}
