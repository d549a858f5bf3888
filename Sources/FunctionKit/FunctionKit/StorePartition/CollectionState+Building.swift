extension CollectionState {
    /// A document's place in memory and in the files, to read bodies in the order in which they lie there.
    private struct Place {
        var location: UInt64
        var chunk: UInt32
        var index: UInt32
    }

    /// Makes the indexes of some definitions from the documents that are there.
    ///
    /// Bodies are read in the order of their files and offsets; the entries are sorted in runs of bounded size.
    func build(
        _ entries: IndexEntries,
        body: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) -> [PackedMap] {
        guard !entries.definitions.isEmpty else { return [] }
        var sorters = entries.definitions.map { _ in PackedMap.Sorter() }
        var id: [UInt8] = []
        for place in places() {
            id.removeAll(keepingCapacity: true)
            let position = PackedMap.Position(chunk: Int(place.chunk), index: Int(place.index))
            let slot = ids.appendKey(at: position, to: &id)
            let key = DocumentKey(name, DocumentID(trusted: id))
            for entry in try entries.make(key, records[slot], body: body) {
                sorters[entry.index].append(entry.key, slot)
            }
        }
        return sorters.indices.map { sorters[$0].finish() }
    }

    private func places() -> [Place] {
        var places: [Place] = []
        places.reserveCapacity(ids.count)
        ids.forEach { entry in
            let record = records.packed(entry.value)
            places.append(
                Place(
                    location: UInt64(record.file) << 40 | UInt64(record.offset),
                    chunk: UInt32(entry.position.chunk),
                    index: UInt32(entry.position.index)
                )
            )
        }
        places.sort { $0.location < $1.location }
        return places
    }

    /// Two documents, neither of them expired, that share a place in a unique index; nil when there are none.
    func duplicate(
        in index: PackedMap,
        _ definition: IndexDefinition,
        at now: Timestamp
    ) -> (first: DocumentID, second: DocumentID)? {
        guard definition.isUnique else { return nil }
        var last: (values: [UInt8], id: DocumentID)?
        var result: (first: DocumentID, second: DocumentID)?
        var key: [UInt8] = []
        index.forEach(from: [], upTo: [IndexKey.afterAll]) { entry in
            key.removeAll(keepingCapacity: true)
            entry.appendKey(to: &key)
            guard !records.isExpired(entry.value, at: now),
                let values = IndexKey.uniqueValues(key, fields: definition.fields.count)
            else { return true }
            let id = DocumentID(trusted: key[values.endIndex...])
            if let last, last.values.elementsEqual(values) {
                result = (last.id, id)
                return false
            }
            last = (Array(values), id)
            return true
        }
        return result
    }
}
