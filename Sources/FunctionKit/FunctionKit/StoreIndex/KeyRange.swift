/// The part of an index that a query asks for, and the cursors that lead on within it.
struct KeyRange {
    /// The first key that belongs to it could be this one.
    var lower: [UInt8]
    /// The first key behind it.
    var upper: [UInt8]
    /// Identifies the query: its collection, index, values, bounds and direction, but not its limit.
    let fingerprint: UInt64
    let isDescending: Bool

    /// Translates a query.
    ///
    /// - Throws: ``StoreError`` with `invalidQuery` when the query does not fit the index, the limit is out of range, or the
    ///   cursor belongs to another query.
    init(_ query: StoreQuery, index: IndexDefinition?) throws(StoreError) {
        try Self.check(query, index)
        let fields = index?.fields ?? []
        var prefix: [UInt8] = []
        for (value, field) in zip(query.equals, fields) {
            IndexKey.append(value, ignoresCase: field.ignoresCase, to: &prefix)
        }
        let ignoresCase = query.equals.count < fields.count && fields[query.equals.count].ignoresCase
        lower = prefix
        if let bound = query.lower {
            IndexKey.append(bound.value, ignoresCase: ignoresCase, to: &lower)
            if !bound.isInclusive { lower.append(IndexKey.afterAll) }
        }
        upper = prefix
        if let bound = query.upper {
            IndexKey.append(bound.value, ignoresCase: ignoresCase, to: &upper)
            if bound.isInclusive { upper.append(IndexKey.afterAll) }
        } else {
            upper.append(IndexKey.afterAll)
        }
        isDescending = query.order == .descending
        fingerprint = Self.fingerprint(query, index, lower, upper)
        if let cursor = query.cursor { try resume(behind: cursor) }
    }

    /// The cursor that leads on behind `key`.
    func cursor(behind key: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: fingerprint.bigEndian) { bytes.append(contentsOf: $0) }
        return Base64URL.encode(bytes + key)
    }

    private mutating func resume(behind cursor: String) throws(StoreError) {
        guard cursor.utf8.count <= Self.cursorBytesMax, let bytes = Base64URL.decode(cursor), bytes.count > 8,
            bytes[..<8].reduce(0, { $0 << 8 | UInt64($1) }) == fingerprint
        else {
            throw StoreError(
                .invalidQuery,
                "The cursor does not belong to this query. Begin without one, or send the same query again."
            )
        }
        let key = Array(bytes[8...])
        // The key with a zero behind it is the next possible one.
        if isDescending { upper = key } else { lower = key + [0] }
    }

    /// The longest cursor that is looked at: four long values and an id, with each byte escaped, in base64.
    private static let cursorBytesMax = 16 << 10

    private static func check(_ query: StoreQuery, _ index: IndexDefinition?) throws(StoreError) {
        guard (1...StoreLimits.pageDocumentsMax).contains(query.limit) else {
            throw StoreError(
                .invalidQuery,
                "A page of \(query.limit) documents: use 1 to \(StoreLimits.pageDocumentsMax)."
            )
        }
        let fields = index?.fields.count ?? 0
        let asked = query.equals.count + (query.lower != nil || query.upper != nil ? 1 : 0)
        guard asked <= fields else {
            throw StoreError(
                .invalidQuery,
                "The query of '\(query.collection)' gives values for \(asked) fields; "
                    + (index.map { "the index '\($0.name)' has \(fields)." } ?? "it names no index.")
            )
        }
    }

    /// FNV-1a over everything that decides which documents follow and in which order.
    private static func fingerprint(
        _ query: StoreQuery,
        _ index: IndexDefinition?,
        _ lower: [UInt8],
        _ upper: [UInt8]
    ) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFE) &* 0x100_0000_01B3
        }
        mix(query.collection.description.utf8)
        mix(query.order.rawValue.utf8)
        mix((index?.name ?? "").utf8)
        for field in index?.fields ?? [] {
            mix(field.path.utf8)
            mix([field.ignoresCase ? 1 : 0])
        }
        mix(lower)
        mix(upper)
        return hash
    }
}
