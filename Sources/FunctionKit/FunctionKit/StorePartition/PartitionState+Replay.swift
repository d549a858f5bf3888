extension PartitionState {
    /// Takes over a document that a log holds; conditions were checked when it was committed.
    ///
    /// - Parameters:
    ///   - key: which document.
    ///   - times: its metadata.
    ///   - body: its body, which is checked as a commit checks it.
    ///   - location: where that lies.
    ///   - oldBody: reads the version before, to find its entries in indexes; not called while loading.
    /// - Throws: ``StoreError`` with `damaged` when the body is not what a commit accepts or the revision is none, and what
    ///   `oldBody` throws.
    public mutating func restore(
        _ key: DocumentKey,
        _ times: DocumentTimes,
        body: ArraySlice<UInt8>,
        at location: BodyLocation,
        oldBody: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        guard (0...PackedRecord.revisionMax).contains(times.revision.rawValue) else {
            throw StoreError(.damaged, "\(nameOf(key)) has the impossible revision \(times.revision.rawValue).")
        }
        let entries = isLoading ? nil : indexEntries(of: key.collection)
        let values = try IndexedValues(stored: body, paths: entries?.paths ?? IndexPaths([]), name: nameOf(key))
        var change = CommitPlan.Change(key: key, effect: .put(DocumentRecord(times, at: location)))
        if let entries {
            change.entries = try entries.make(key.id, times, values)
            if let old = heldRecord(key) { change.oldEntries = try entries.make(key, old, body: oldBody) }
        }
        self.change(change)
    }

    /// Takes over a removal that a log holds.
    public mutating func restoreRemoval(
        of key: DocumentKey,
        oldBody: (DocumentRecord) throws(StoreError) -> [UInt8]
    ) throws(StoreError) {
        var change = CommitPlan.Change(key: key, effect: .delete)
        if !isLoading, let entries = indexEntries(of: key.collection), let old = heldRecord(key) {
            change.oldEntries = try entries.make(key, old, body: oldBody)
        }
        self.change(change)
    }

    /// Makes the indexes of all collections at the end of loading; nothing otherwise.
    ///
    /// - Throws: what `body` throws, and `damaged` or `tooLarge` for a document that has no place in an index.
    public mutating func finishLoading(body: (DocumentRecord) throws(StoreError) -> [UInt8]) throws(StoreError) {
        guard isLoading else { return }
        for number in collections.indices {
            collections[number].indexes = try collections[number].build(collections[number].entries, body: body)
        }
        isLoading = false
    }

    /// Without a copy of the collection, which would make the change to come copy its pieces.
    private func indexEntries(of collection: CollectionName) -> IndexEntries? {
        guard let number = number(of: collection), !collections[number].definitions.isEmpty else { return nil }
        return collections[number].entries
    }
}
