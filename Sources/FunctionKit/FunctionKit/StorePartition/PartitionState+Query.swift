extension PartitionState {
    /// Finds the documents of one page.
    ///
    /// - Throws: ``StoreError`` with `invalidQuery`; see ``StoreQuery``.
    public func page(_ query: StoreQuery, at now: Timestamp) throws(StoreError) -> RecordPage {
        guard let number = number(of: query.collection) else {
            guard query.index == nil else { throw unknownIndex(query) }
            _ = try KeyRange(query, index: nil)
            return RecordPage(capacity: 0)
        }
        guard let name = query.index else {
            let range = try KeyRange(query, index: nil)
            return page(query, range, collections[number].ids, collections[number].records, fields: 0, now)
        }
        guard let position = collections[number].definitions.firstIndex(where: { $0.name == name }) else {
            throw unknownIndex(query)
        }
        let definition = collections[number].definitions[position]
        let range = try KeyRange(query, index: definition)
        return page(
            query,
            range,
            collections[number].indexes[position],
            collections[number].records,
            fields: definition.fields.count,
            now
        )
    }

    private func page(
        _ query: StoreQuery,
        _ range: KeyRange,
        _ map: PackedMap,
        _ records: RecordTable,
        fields: Int,
        _ now: Timestamp
    ) -> RecordPage {
        var page = RecordPage(capacity: min(query.limit, map.count))
        var hasMore = false
        var key: [UInt8] = []
        map.forEach(from: range.lower, upTo: range.upper, descending: range.isDescending) { entry in
            let record = records[entry.value]
            if record.isExpired(at: now) || isOmitted(entry, record, query.omitted, fields, &key) { return true }
            guard page.count < query.limit else {
                hasMore = true
                return false
            }
            page.append(entry, fields: fields, record)
            return true
        }
        if hasMore { page.nextCursor = range.cursor(behind: page.lastKeyBytes) }
        return page
    }

    /// Whether the caller has this version; `key` is memory for the entry's key.
    @inline(__always)
    private func isOmitted(
        _ entry: PackedEntry,
        _ record: DocumentRecord,
        _ omitted: DocumentVersions,
        _ fields: Int,
        _ key: inout [UInt8]
    ) -> Bool {
        guard !omitted.isEmpty else { return false }
        return omitted.contains(record.revision) { id in
            key.removeAll(keepingCapacity: true)
            entry.appendKey(to: &key)
            return key[IndexKey.offset(behind: fields, in: key)...].elementsEqual(id.description.utf8)
        }
    }

    private func unknownIndex(_ query: StoreQuery) -> StoreError {
        StoreError(
            .invalidQuery,
            "The collection '\(query.collection)' of '\(tenant)' has no index '\(query.index ?? "")'. Declare it first."
        )
    }
}
