internal import FunctionKit

extension World {
    /// Reads one document.
    @discardableResult
    func get(_ tenant: Int, _ place: Place) async -> StoredDocument? {
        let operation = model.begin(tenant, .get(place))
        do throws(StoreError) {
            let document = try await partition(tenant).get(place.key)
            guard !isDead else { return nil }
            let held = document.flatMap { model.see(tenant, place.key.collection, $0) }
            model.end(operation, .document(held))
            return document
        } catch {
            if take(error, of: "get \(place.key)") { model.end(operation, .failure(error.code)) }
            return nil
        }
    }

    /// Reads one page and gives the request of the next.
    func page(_ tenant: Int, _ request: PageRequest) async -> (found: [Held], next: PageRequest?)? {
        let operation = model.begin(tenant, .page(request))
        do throws(StoreError) {
            let page = try await partition(tenant).query(request.query)
            guard !isDead else { return nil }
            let found = page.documents.compactMap { model.see(tenant, request.query.collection, $0) }
            model.end(operation, .page(found, hasMore: page.nextCursor != nil))
            guard let cursor = page.nextCursor, let last = found.last else { return (found, nil) }
            var next = request
            next.cursor = cursor
            next.behind = model.versions[last.version].sortKey(request.index)
            return (found, next)
        } catch {
            // `beta` loses and changes its indexes.
            if error.code == .invalidQuery, !request.isAlpha {
                model.end(operation, .failure(error.code))
            } else if take(error, of: "query \(request)") {
                model.end(operation, .failure(error.code))
            }
            return nil
        }
    }

    /// Commits writes whose versions have just been made.
    @discardableResult
    func commit(_ tenant: Int, _ writes: [(place: Place, write: Batch.Write)]) async -> Bool {
        let number = model.batches.count
        let operation = model.begin(tenant, .commit(batch: number))
        model.batches.append(Batch(tenant: tenant, operation: operation, writes: writes))
        do throws(StoreError) {
            let receipt = try await partition(tenant).commit(WriteBatch(writes.map(write)))
            guard !isDead else { return false }
            acknowledge(number, receipt)
            model.end(operation, .receipt(revision: receipt.revision.rawValue, at: receipt.committedAt))
            return true
        } catch {
            refuse(number, operation, error)
            return false
        }
    }

    private func acknowledge(_ number: Int, _ receipt: CommitReceipt) {
        let batch = model.batches[number]
        let revision = receipt.revision.rawValue
        if batch.status == .seen, batch.revision != revision || batch.committedAt != receipt.committedAt {
            model.fail("batch \(number) was seen as revision \(batch.revision ?? 0) and acknowledged as \(revision)")
        }
        model.batches[number].status = .acknowledged
        model.batches[number].committedAt = receipt.committedAt
        model.own(revision, by: number)
        if batch.puts { model.tenants[batch.tenant].hasAcknowledged = true }
    }

    private func refuse(_ number: Int, _ operation: Int, _ error: StoreError) {
        switch error.code {
        case .alreadyExists, .notFound, .revisionMismatch, .uniqueViolation, .quotaExceeded:
            guard !isDead else { return }
            if model.batches[number].status == .seen { model.fail("batch \(number) was seen and then refused") }
            model.batches[number].status = .gone
            model.end(operation, .failure(error.code))
        default:
            guard take(error, of: "commit \(number)") else { return }
            if error.code == .closed { model.batches[number].status = .gone }
            model.end(operation, .failure(error.code))
        }
    }

    private func write(_ place: Place, _ write: Batch.Write) -> WriteBatch.Write {
        func content(_ version: Int) -> WriteBatch.Content {
            WriteBatch.Content(body: model.versions[version].body, expiresAt: model.versions[version].expiresAt)
        }
        let operation: WriteBatch.Write.Operation =
            switch write {
            case .create(let version): .create(content(version))
            case .replace(let version, let expected):
                .replace(content(version), expected: Revision(rawValue: expected))
            case .upsert(let version): .upsert(content(version))
            case .delete(let expected): .delete(expected: expected.map { Revision(rawValue: $0) })
            case .check(let expected): .check(expected: expected.map { Revision(rawValue: $0) })
            }
        return WriteBatch.Write(place.key, operation)
    }

    /// Reads one page of changes; false when there is nothing to go on with. Only one task may do so.
    @discardableResult
    func follow(_ tenant: Int, limit: Int) async -> Bool {
        model.trace.note("follow", "", tenant, limit)
        do throws(StoreError) {
            let page = try await partition(tenant).changes(after: model.tenants[tenant].feed.position, limit: limit)
            guard !isDead else { return false }
            let held = page.changes.map { change in
                change.document.flatMap { model.see(tenant, change.key.collection, $0) }
            }
            if let problem = model.tenants[tenant].feed.take(page, held) {
                model.fail("the changes of tenant \(tenant) show \(problem)")
            }
            return !page.isAtEnd
        } catch {
            guard error.code != .positionExpired else {
                model.tenants[tenant].feed.restart()
                return true
            }
            _ = take(error, of: "changes")
            return false
        }
    }

    /// Declares a schema; false when that failed.
    func declare(_ tenant: Int, _ schema: CollectionSchema) async -> Bool {
        model.trace.note("declare", schema.collection, tenant, schema.indexes.count)
        do throws(StoreError) {
            try await partition(tenant).declare(schema)
            guard !isDead else { return false }
            if let name = try? CollectionName(schema.collection) { model.tenants[tenant].declared.insert(name) }
            return true
        } catch {
            if error.code == .uniqueViolation, schema == SimulatedSchemas.beta[2] { return false }
            _ = take(error, of: "declare")
            return false
        }
    }
}
