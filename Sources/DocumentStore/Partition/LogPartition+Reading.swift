internal import FunctionKit
internal import Synchronization

extension LogPartition {
    /// Documents that were found in the state, and where the next page begins.
    struct Found: Sendable {
        var records: [(id: DocumentID, record: DocumentRecord)]
        var cursor: String?
    }

    /// Waits until the log has been read; returns at once when it has.
    func opened() async throws(StoreError) {
        let isOpen = try inner.withLock { (inner) throws(StoreError) in
            switch inner.phase {
            case .unopened: return false
            case .open: return true
            case .failed(let error): throw error
            case .retired: throw Self.retired
            }
        }
        if !isOpen { _ = try await perform(.open) }
    }

    private static func check(_ phase: Phase) throws(StoreError) {
        switch phase {
        case .failed(let error): throw error
        case .retired: throw retired
        case .unopened, .open: break
        }
    }

    /// Looks at the state; `body` must be quick.
    func look<Result: Sendable>(
        _ body: (borrowing PartitionState) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try inner.withLock { (inner) throws(StoreError) in
            try Self.check(inner.phase)
            return try body(inner.state)
        }
    }

    /// The newest durable version of a document.
    func get(_ key: DocumentKey) throws(StoreError) -> StoredDocument? {
        let now = services.clock.now
        return try read { (inner) throws(StoreError) in
            Found(records: inner.state.record(key, at: now).map { [(id: key.id, record: $0)] } ?? [], cursor: nil)
        }.documents.first
    }

    /// One page.
    func query(_ query: StoreQuery) throws(StoreError) -> StoredPage {
        let now = services.clock.now
        return try read { (inner) throws(StoreError) in
            let page = try inner.state.page(query, at: now)
            return Found(records: (0..<page.count).map { (page.id($0), page.record($0)) }, cursor: page.nextCursor)
        }
    }

    /// A piece of the change feed.
    func changes(after position: ChangePosition, limit: Int) throws(StoreError) -> ChangePage {
        let now = services.clock.now
        var found = RecordChanges(changes: [], position: position, isAtEnd: true)
        var documents = try read { (inner) throws(StoreError) in
            found = try inner.state.changes(after: position, limit: limit, removals: inner.removals, at: now)
            return Found(
                records: found.changes.compactMap { change in change.record.map { (change.key.id, $0) } },
                cursor: nil
            )
        }.documents[...]
        let changes = found.changes.map { change in
            DocumentChange(
                key: change.key,
                revision: change.revision,
                document: change.record == nil ? nil : documents.popFirst()
            )
        }
        return ChangePage(changes: changes, position: found.position, isAtEnd: found.isAtEnd)
    }

    /// Finds documents in the state and reads their bodies, again if the log was rewritten meanwhile.
    private func read(
        _ find: (borrowing Inner) throws(StoreError) -> Found
    ) throws(StoreError) -> StoredPage {
        while true {
            let (found, generation, pinned) = try inner.withLock { (inner) throws(StoreError) in
                try Self.check(inner.phase)
                return (try find(inner), inner.generation, inner.pinned)
            }
            let documents: Result<[StoredDocument], StoreError>
            do throws(StoreError) {
                documents = .success(try read(found, pinned))
            } catch {
                documents = .failure(error)
            }
            guard inner.withLock({ $0.generation }) == generation else { continue }
            return StoredPage(documents: try documents.get(), nextCursor: found.cursor)
        }
    }

    private func read(_ found: Found, _ pinned: (any DiskFile)?) throws(StoreError) -> [StoredDocument] {
        guard !found.records.isEmpty else { return [] }
        let file = try file(pinned)
        var result: [StoredDocument] = []
        result.reserveCapacity(found.records.count)
        for (id, record) in found.records {
            result.append(record.document(id, body: try body(record.location, file)))
        }
        return result
    }

    /// The log, which is opened again if it was closed for another tenant's.
    func file(_ pinned: (any DiskFile)?) throws(StoreError) -> any DiskFile {
        if let pinned { return pinned }
        return try onDisk { () throws(DiskError) in try services.handles.file(path) }
    }

    /// Reads a body and makes sure that it is one.
    func body(_ location: BodyLocation, _ file: any DiskFile) throws(StoreError) -> [UInt8] {
        let bytes = try onDisk { () throws(DiskError) in try file.readFully(at: location.offset, count: location.count)
        }
        guard bytes.count == location.count, bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else {
            throw StoreError(
                .damaged,
                "The log '\(path)' has no document at byte \(location.offset) any more. Somebody changed the file; stop Postern "
                    + "and restore it from a backup."
            )
        }
        return bytes
    }
}
