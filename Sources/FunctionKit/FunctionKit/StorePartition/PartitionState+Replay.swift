extension PartitionState {
    /// Takes over a document that a log holds; conditions were checked when it was committed.
    ///
    /// - Throws: ``StoreError`` with `damaged` when the body is not what a commit accepts.
    public mutating func restore(
        _ key: DocumentKey,
        _ times: DocumentTimes,
        body: [UInt8],
        at location: Location
    ) throws(StoreError) {
        // Both looked up without a copy that would outlive this line and make the change below copy every document.
        let paths = collections[key.collection]?.paths ?? IndexPaths([])
        let definitions = collections[key.collection]?.definitions ?? []
        let values = try DocumentBody(stored: body, paths: paths, name: nameOf(key)).values
        let record = DocumentRecord(
            revision: times.revision,
            createdAt: times.createdAt,
            updatedAt: times.updatedAt,
            expiresAt: times.expiresAt,
            location: location,
            keys: try CollectionState<Location>.keys(definitions, paths, key.id, times, values)
        )
        change(CommitPlan<Location>.Change(key: key, effect: .put(record)))
    }

    /// Takes over a removal that a log holds.
    public mutating func restoreRemoval(of key: DocumentKey) {
        change(CommitPlan<Location>.Change(key: key, effect: .delete))
    }
}
