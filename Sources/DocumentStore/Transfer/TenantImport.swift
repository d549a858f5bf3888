package import FunctionKit

/// What an import does with a document whose id exists.
package enum ExistingDocuments: String, Sendable, CaseIterable {
    /// It is written over.
    case replace
    /// It stays as it is.
    case skip
}

/// What an import has done.
package struct ImportCounts: Sendable, Hashable, Codable {
    /// How many lines were read, empty ones included.
    package var lines = 0
    /// How many documents were written.
    package var imported = 0
    /// How many documents were left alone, because they existed.
    package var skipped = 0

    /// Counts nothing yet.
    package init() {}
}

/// Why an import ended before its end, and what it has done by then.
package struct ImportError: Error, Sendable {
    /// What stood in the way: a line that is not in order, or the store's refusal of a batch.
    package let cause: StoreError
    /// The first line that was not imported, and nothing behind it was.
    package let line: Int
    /// What has been imported: everything before ``line``.
    package let counts: ImportCounts

    /// The line, the reason, and what has been imported.
    package var message: String {
        let done =
            line == 1
            ? "Nothing was imported." : "Everything before line \(line) is imported, nothing from there on."
        return "\(cause.message) \(done)"
    }
}

/// Writes the documents of JSON Lines into a tenant while they arrive.
///
/// Lines are committed in batches, in their order. At the first line that is not in order, the lines before it are committed and
/// nothing behind it is.
package struct TenantImport {
    /// How many documents are committed together: 200.
    package static let batchDocuments = 200
    /// How many bytes are committed together, unless one document has more: 4 MiB.
    package static let batchBytes = 4 << 20

    private let partition: any TenantPartition
    private let collection: CollectionName?
    private let existing: ExistingDocuments
    private let firstLine: Int
    private var splitter = LineSplitter()
    private var counts = ImportCounts()
    private var batch: [(key: DocumentKey, content: WriteBatch.Content)] = []
    private var batchBytes = 0
    /// The first line of the batch.
    private var batchLine: Int

    /// Prepares an import.
    ///
    /// - Parameters:
    ///   - collection: the collection of every line; nil for the export of a whole tenant, whose lines say it.
    ///   - existing: what happens to documents that exist.
    ///   - firstLine: the number of the first line, for errors, when this is the next part of a longer file.
    package init(
        into partition: any TenantPartition,
        collection: CollectionName?,
        existing: ExistingDocuments,
        firstLine: Int = 1
    ) {
        self.partition = partition
        self.collection = collection
        self.existing = existing
        self.firstLine = firstLine
        batchLine = firstLine
    }

    /// Takes the next bytes and writes what is complete.
    package mutating func take(_ bytes: [UInt8]) async throws(ImportError) {
        splitter.append(bytes)
        while true {
            let line: [UInt8]?
            do throws(StoreError) {
                line = try splitter.next()
            } catch {
                throw try await refusal(StoreError(error.code, "Line \(number): \(error.message)"))
            }
            guard let line else { return }
            try await take(line: line)
        }
    }

    /// Writes what is left.
    package mutating func finish() async throws(ImportError) -> ImportCounts {
        if let line = splitter.rest() { try await take(line: line) }
        try await commit()
        return counts
    }

    /// The number of the line that is being read.
    private var number: Int { firstLine + counts.lines }

    private mutating func take(line: [UInt8]) async throws(ImportError) {
        let parsed: TransferLine?
        do throws(StoreError) {
            parsed = try TransferLine(line, number: number, collection: collection)
        } catch {
            throw try await refusal(error)
        }
        switch parsed {
        case nil: break
        case .schema(let name, let schema):
            try await commit()
            try await declare(schema, of: name)
        case .document(let key, let content):
            batch.append((key, content))
            batchBytes += content.body.count
        }
        counts.lines += 1
        if batch.count >= Self.batchDocuments || batchBytes >= Self.batchBytes { try await commit() }
    }

    /// Commits the lines before the one that is refused.
    private mutating func refusal(_ error: StoreError) async throws(ImportError) -> ImportError {
        try await commit()
        return ImportError(cause: error, line: number, counts: counts)
    }

    /// A schema is taken over only where there is none: what the running app has declared is newer than any export.
    private func declare(_ schema: CollectionSchema, of collection: CollectionName) async throws(ImportError) {
        do throws(StoreError) {
            if try await partition.schema(of: collection) == nil { try await partition.declare(schema) }
        } catch {
            throw ImportError(
                cause: StoreError(error.code, "Line \(number): \(error.message)"),
                line: number,
                counts: counts
            )
        }
    }

    private mutating func commit() async throws(ImportError) {
        defer { batchLine = number }
        guard !batch.isEmpty else { return }
        do throws(StoreError) {
            let written = try await write()
            counts.imported += written
            counts.skipped += batch.count - written
        } catch {
            var counts = counts
            counts.lines = batchLine - firstLine
            throw ImportError(
                cause: StoreError(error.code, "Lines \(batchLine) to \(number - 1): \(error.message)"),
                line: batchLine,
                counts: counts
            )
        }
        batch.removeAll(keepingCapacity: true)
        batchBytes = 0
    }

    /// Writes the batch.
    ///
    /// - Returns: how many of its documents were written.
    private func write() async throws(StoreError) -> Int {
        switch existing {
        case .replace:
            // The last of several lines with one id counts, as it would if each line were committed alone.
            var latest: [DocumentKey: WriteBatch.Content] = [:]
            for (key, content) in batch { latest[key] = content }
            _ = try await partition.commit(WriteBatch(latest.map { WriteBatch.Write($0.key, .upsert($0.value)) }))
            return batch.count
        case .skip:
            var attempts = 1
            while true {
                do throws(StoreError) {
                    return try await createMissing()
                } catch {
                    // Somebody else made one of them in between.
                    guard error.code == .alreadyExists, attempts < StoreLimits.attemptsMax else { throw error }
                    attempts += 1
                }
            }
        }
    }

    private func createMissing() async throws(StoreError) -> Int {
        var writes: [WriteBatch.Write] = []
        var seen: Set<DocumentKey> = []
        for (key, content) in batch where seen.insert(key).inserted {
            if try await partition.get(key) == nil { writes.append(WriteBatch.Write(key, .create(content))) }
        }
        if !writes.isEmpty { _ = try await partition.commit(WriteBatch(writes)) }
        return writes.count
    }
}
