internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// True when the log has been read.
    ///
    /// - Throws: why it cannot be.
    func isOpen() throws(StoreError) -> Bool {
        try inner.withLock { (inner) throws(StoreError) in try Self.isOpen(inner.phase) }
    }

    /// True for a tenant that nobody wrote to.
    var isEmpty: Bool { inner.withLock { $0.segments.isEmpty } }

    /// Waits until the log has been read; returns at once when it has.
    func opened() async throws(StoreError) {
        if try !isOpen() { _ = try await perform(.open) }
    }

    /// True when the log has been read, and holds this schema of a collection or will with the next batch.
    func keeps(_ schema: CollectionSchema) throws(StoreError) -> Bool {
        try inner.withLock { (inner) throws(StoreError) in
            try Self.isOpen(inner.phase) && !inner.segments.isEmpty && inner.state.has(schema)
        }
    }

    static func isOpen(_ phase: Phase) throws(StoreError) -> Bool {
        switch phase {
        case .unopened: return false
        case .open: return true
        case .failed(let error): throw error
        case .retired: throw retired
        }
    }

    /// Looks at the state; `body` must be quick.
    func look<Result: Sendable>(
        _ body: (borrowing PartitionState) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try inner.withLock { (inner) throws(StoreError) in
            _ = try Self.isOpen(inner.phase)
            return try body(inner.state)
        }
    }

    /// The newest durable version of a document, if the log has been read; nil when it has not.
    func get(_ key: DocumentKey) throws(StoreError) -> StoredDocument?? {
        let now = services.clock.now
        while true {
            let (isOpen, record, view) = try inner.withLock { (inner) throws(StoreError) in
                (try Self.isOpen(inner.phase), inner.state.record(key, at: now), View(inner))
            }
            guard isOpen else { return nil }
            guard let record else { return .some(nil) }
            do throws(StoreError) {
                return try document(record, view) { key.id }
            } catch {
                guard inner.withLock({ $0.generation }) != view.generation else { throw error }
            }
        }
    }

    /// One page, if the log has been read; nil when it has not.
    func query(_ query: StoreQuery) throws(StoreError) -> StoredPage? {
        let now = services.clock.now
        while true {
            let (page, view) = try inner.withLock { (inner) throws(StoreError) in
                (try Self.isOpen(inner.phase) ? try inner.state.page(query, at: now) : nil, View(inner))
            }
            guard let page else { return nil }
            do throws(StoreError) {
                var documents: [StoredDocument] = []
                documents.reserveCapacity(page.count)
                for index in 0..<page.count {
                    documents.append(try document(page.record(index), view) { page.id(index) })
                }
                return StoredPage(documents: documents, nextCursor: page.nextCursor)
            } catch {
                guard inner.withLock({ $0.generation }) != view.generation else { throw error }
            }
        }
    }

    /// What a reader takes along from under the lock, to read bodies without it.
    struct View: Sendable {
        /// When another number stands in the partition after a failure, files have been removed, and the reader looks again.
        let generation: Int
        let cacheNumber: UInt32
        private let segments: [Segment]
        private let retiring: [Segment]

        init(_ inner: borrowing Inner) {
            generation = inner.generation
            cacheNumber = inner.cacheNumber
            segments = inner.segments
            retiring = inner.retiring
        }

        /// Found where it stands, since a list of the files would cost as much as the rest of a read.
        func file(_ number: Int) -> LogFile? {
            for index in segments.indices.reversed() where segments[index].file.number == number {
                return segments[index].file
            }
            return retiring.first { $0.file.number == number }?.file
        }
    }

    private func document(
        _ record: DocumentRecord,
        _ view: View,
        id: () -> DocumentID
    ) throws(StoreError) -> StoredDocument {
        var isWanted = false
        if let known = services.cache.document(view.cacheNumber, record.location, &isWanted) { return known }
        let location = record.location
        let known = services.recent.body(view.cacheNumber, location)
        let body = if let known { known } else { try LogFiles.body(location, in: view.file(location.file)) }
        let document = record.document(id(), body: body)
        if isWanted { services.cache.keep(document, view.cacheNumber, record.location) }
        return document
    }
}
