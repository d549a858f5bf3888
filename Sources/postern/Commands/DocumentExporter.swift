import FunctionKit

/// Prints all documents of a collection, one JSON object a line, in the form that an import takes.
struct DocumentExporter {
    /// How many documents are read at once.
    private static let pageDocuments = 500

    let partition: any TenantPartition
    let collection: CollectionName

    /// Prints everything.
    ///
    /// - Returns: how many documents were printed.
    func run() async throws -> Int {
        var query = StoreQuery(collection: collection, limit: Self.pageDocuments)
        var count = 0
        repeat {
            let page = try await partition.query(query)
            for document in page.documents { printText(String(decoding: document.json, as: UTF8.self) + "\n") }
            count += page.documents.count
            query.cursor = page.nextCursor
        } while query.cursor != nil
        return count
    }
}
