extension PartitionState {
    /// Reads what ``pieces()`` wrote.
    ///
    /// - Parameters:
    ///   - tenant: whose state it is.
    ///   - fileMax: the greatest number that a body's file may have.
    ///   - read: gives exactly so many bytes, one after another; at the end of them it throws or gives fewer.
    /// - Throws: ``StateDecodingError`` for what is no state that ``pieces()`` could have written, as far as that shows without
    ///   the bodies: every structure is checked, so that nothing that is read here can lead astray later. And what `read`
    ///   throws.
    public init<Failure: Error>(
        tenant: TenantName,
        fileMax: Int = BodyLocation.fileMax,
        from read: (Int) throws(Failure) -> [UInt8]
    ) throws {
        self.init(tenant: tenant)
        guard try StateReader.bytes(StatePieces.magic.count, read) == StatePieces.magic else {
            throw StateDecodingError("it is no saved state of this version")
        }
        restore(lastSequence: Int64(try StateReader.number64(read)))
        let bytes = try StateReader.number64(read)
        for _ in 0..<(try StateReader.number32(read)) {
            let (name, schema) = try Self.head(read)
            guard number(of: name) == nil else {
                throw StateDecodingError("the collection '\(name)' stands there twice")
            }
            let number = makeNumber(of: name)
            try collections[number].load(schema, read)
            try collections[number].checkRecords(fileMax, lastSequence)
        }
        guard bytes == liveBytes else { throw StateDecodingError("the documents have not as many bytes as it says") }
    }

    private static func head(_ read: StateReader.Source) throws -> (CollectionName, CollectionSchema?) {
        let name = String(decoding: try StateReader.text(63, read), as: UTF8.self)
        let json = try StateReader.text(1 << 20, read)
        do {
            let collection = try CollectionName(name)
            guard !json.isEmpty else { return (collection, nil) }
            let schema = try JSONCoding.decode(CollectionSchema.self, from: Array(json))
            try schema.validate()
            guard schema.collection == name else { throw StateDecodingError("a schema of another collection") }
            return (collection, schema)
        } catch {
            throw StateDecodingError("the collection '\(name)' cannot be read: \(error)")
        }
    }
}

extension CollectionState {
    fileprivate mutating func load(_ schema: CollectionSchema?, _ read: StateReader.Source) throws {
        records = try StateReader.records(read)
        ids = try StateReader.map(read)
        expiries = try StateReader.map(read)
        var indexes: [PackedMap] = []
        for _ in schema?.indexes ?? [] { indexes.append(try StateReader.map(read)) }
        if let schema { adopt(schema, indexes: indexes) }
    }

    /// Checks that ids, expiries and indexes lead to records, and frees the slots to which no id leads.
    fileprivate mutating func checkRecords(_ fileMax: Int, _ lastSequence: Int64) throws(StateDecodingError) {
        var used = SlotSet(slotCount: records.slotCount)
        var expiring = 0
        var bytes = 0
        var id: [UInt8] = []
        let records = records
        try ids.forEach { (entry) throws(StateDecodingError) in
            guard used.insert(entry.value) else { throw StateDecodingError("an id leads to no record of its own") }
            let record = records.packed(entry.value)
            guard !record.isFree, record.file <= fileMax, record.revision <= lastSequence else {
                throw StateDecodingError("a record with an impossible file or revision")
            }
            if record.expires { expiring += 1 }
            bytes += record.count
            if !entry.isUUID { try Self.check(entry, &id) }
        }
        try checkMaps(used, expiring)
        self.records.free(allBut: used)
        liveBytes = bytes
    }

    private static func check(_ entry: PackedEntry, _ id: inout [UInt8]) throws(StateDecodingError) {
        id.removeAll(keepingCapacity: true)
        entry.appendKey(to: &id)
        guard let text = String(validating: id, as: UTF8.self), (try? DocumentID(text)) != nil else {
            throw StateDecodingError("an id that is none")
        }
    }

    private func checkMaps(_ used: SlotSet, _ expiring: Int) throws(StateDecodingError) {
        var key: [UInt8] = []
        try expiries.forEach { (entry) throws(StateDecodingError) in
            key.removeAll(keepingCapacity: true)
            entry.appendKey(to: &key)
            guard used.contains(entry.value), key.count > 8,
                records[entry.value].expiresAt == Self.moment(ofExpiry: key)
            else { throw StateDecodingError("an expiry that no document has") }
        }
        guard expiries.count == expiring else { throw StateDecodingError("not every document that expires is listed") }
        for (index, map) in indexes.enumerated() {
            try map.forEach { (entry) throws(StateDecodingError) in
                guard used.contains(entry.value) else { throw StateDecodingError("an index leads to no record") }
            }
            let isThroughArray = paths.sources[index].contains {
                if case .elements = $0 { true } else { false }
            }
            guard map.count == ids.count || isThroughArray && map.count > ids.count else {
                throw StateDecodingError("an index has \(map.count) entries for \(ids.count) documents")
            }
        }
    }
}
