package import FunctionKit

/// Gives the documents of a tenant, or of one of its collections, as JSON Lines, page by page: the next page is read when it is
/// asked for, so that memory stays bounded however slow the reader is.
///
/// Documents that are written meanwhile may be in it or not; a backup is the way to one moment.
package actor TenantExport {
    /// The most documents on one page: 64, so that a page of the largest documents stays below 128 MiB.
    static let pageDocumentsMax = 64
    /// How many bytes a page should have: 1 MiB.
    static let pageBytesGoal = 1 << 20

    private let partition: any TenantPartition
    private let isWholeTenant: Bool
    /// The collections to come, in reverse order; nil before the first page of a whole tenant.
    private var collections: [CollectionName]?
    private var query: StoreQuery?
    private var limit = 8

    /// How many lines were given.
    package private(set) var lines = 0

    /// Prepares an export.
    ///
    /// - Parameter collection: the only collection; nil for all that have documents.
    package init(_ partition: any TenantPartition, collection: CollectionName?) {
        self.partition = partition
        isWholeTenant = collection == nil
        collections = collection.map { [$0] }
    }

    /// The next lines, each with its line break; nil at the end. To be asked by one task.
    package func next() async throws(StoreError) -> [UInt8]? {
        while true {
            var chunk: [UInt8] = []
            if query == nil {
                guard let collection = try await nextCollection() else { return nil }
                query = StoreQuery(collection: collection)
                if isWholeTenant, let schema = try await partition.schema(of: collection) {
                    chunk = try TransferLine.bytes(of: schema)
                    lines += 1
                }
            }
            chunk += try await nextPage()
            if !chunk.isEmpty { return chunk }
        }
    }

    private func nextCollection() async throws(StoreError) -> CollectionName? {
        if collections == nil { collections = try await partition.collections().map(\.name).reversed() }
        return collections?.popLast()
    }

    private func nextPage() async throws(StoreError) -> [UInt8] {
        guard var query else { return [] }
        query.limit = limit
        let page = try await partition.query(query)
        var bytes: [UInt8] = []
        for document in page.documents {
            if isWholeTenant {
                bytes += TransferLine.bytes(of: document, in: query.collection)
            } else {
                bytes += document.json
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        lines += page.documents.count
        // As many as made up the goal this time, and at the most twice as many as before.
        if !page.documents.isEmpty {
            let fitting = Self.pageBytesGoal / max(bytes.count / page.documents.count, 1)
            limit = max(1, min(fitting, limit * 2, Self.pageDocumentsMax))
        }
        query.cursor = page.nextCursor
        self.query = page.nextCursor == nil ? nil : query
        return bytes
    }
}
