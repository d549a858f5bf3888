/// The documents of a page before their bodies are read.
public struct RecordPage<Location: Sendable>: Sendable {
    /// The documents in the query's order.
    public let records: [(id: DocumentID, record: DocumentRecord<Location>)]
    /// Where the next page begins; nil on the last one.
    public let nextCursor: String?
}

extension PartitionState {
    /// Finds the documents of one page.
    ///
    /// - Throws: ``StoreError`` with `invalidQuery`; see ``StoreQuery``.
    public func page(_ query: StoreQuery, at now: Timestamp) throws(StoreError) -> RecordPage<Location> {
        let collection = collections[query.collection] ?? CollectionState()
        var position: Int?
        if let name = query.index {
            position = collection.definitions.firstIndex { $0.name == name }
            guard position != nil else {
                throw StoreError(
                    .invalidQuery,
                    "The collection '\(query.collection)' of '\(tenant)' has no index '\(name)'. Declare it first."
                )
            }
        }
        let definition = position.map { collection.definitions[$0] }
        let range = try KeyRange(query, index: definition)
        let keys = position.map { collection.indexes[$0] } ?? collection.ids
        let fields = definition?.fields.count ?? 0
        var records: [(id: DocumentID, record: DocumentRecord<Location>)] = []
        var last: [UInt8] = []
        var hasMore = false
        keys.forEach(from: range.lower, upTo: range.upper, descending: range.isDescending) { key in
            let offset = IndexKey.offset(behind: fields, in: key)
            guard let id = try? DocumentID(String(decoding: key[offset...], as: UTF8.self)),
                let record = collection.records[id], !record.isExpired(at: now)
            else { return true }
            guard records.count < query.limit else {
                hasMore = true
                return false
            }
            records.append((id: id, record: record))
            last = key
            return true
        }
        return RecordPage(records: records, nextCursor: hasMore ? range.cursor(behind: last) : nil)
    }
}
