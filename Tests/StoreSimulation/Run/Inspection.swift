internal import DocumentStore
internal import FunctionKit

/// Looks through everything that a store holds, on a disk that does not fail.
struct Inspection {
    let world: World
    private var model: StoreModel { world.model }

    init(_ world: World) { self.world = world }

    /// Checks every tenant against the model and takes what is there as the new beginning.
    func settle() async {
        for tenant in model.tenants.indices where model.failure == nil {
            let step = model.trace.note("inspect", "", tenant)
            do throws(StoreError) {
                let found = try await documents(tenant)
                guard model.failure == nil else { return }
                try await checkIndexes(tenant, found)
                await checkChanges(tenant, found.map { $0?.held }, since: step)
                model.settle(tenant, found: found.map { $0?.held }, since: step)
            } catch {
                model.fail("tenant \(tenant) cannot be read after recovery: \(error.message)")
            }
        }
    }

    /// Follows the changes to their end, and compares what came of it.
    private func checkChanges(_ tenant: Int, _ found: [Held?], since step: Int) async {
        var pages = 0
        while pages < 100, await world.follow(tenant, limit: 2) { pages += 1 }
        guard model.failure == nil, model.tenants[tenant].feed.isAtEnd else {
            return model.fail("the changes of tenant \(tenant) do not end")
        }
        let span = model.span(from: step, to: model.trace.step)
        for place in Place.all {
            let told = model.tenants[tenant].feed.documents[place.number]
            let held = found[place.number]
            guard told != held else { continue }
            // An expired document is told to be gone when it is removed, which may come later; and one that has expired when
            // its change is read is not told at all, even if the clock then jumps back.
            guard model.presence(held ?? told, span) == .yes else { continue }
            // The same goes for one that was written over by another that has expired since.
            if held == nil, model.mayHoldExpired(tenant, place, span) { continue }
            model.fail(
                "the changes of tenant \(tenant) tell \(String(describing: told)) for '\(place.key.id)' of "
                    + "'\(place.key.collection)', where \(String(describing: held)) stands"
            )
        }
    }

    /// What stands at each place, read page by page and each document by itself.
    private func documents(_ tenant: Int) async throws(StoreError) -> [(held: Held, document: StoredDocument)?] {
        var result = [(held: Held, document: StoredDocument)?](repeating: nil, count: Place.count)
        let partition = world.partition(tenant)
        for collection in [Place.alpha, Place.beta] {
            for document in try await all(partition, StoreQuery(collection: collection, limit: 3)) {
                guard let held = model.see(tenant, collection, document) else { return result }
                let place = model.versions[held.version].place
                if result[place.number] != nil {
                    model.fail("'\(document.id)' of tenant \(tenant) stands on two pages")
                }
                result[place.number] = (held, document)
            }
        }
        for place in Place.all where try await partition.get(place.key) != result[place.number]?.document {
            model.fail("'\(place.key.id)' of tenant \(tenant) is another one alone than on its page")
        }
        return result
    }

    private func all(_ partition: any TenantPartition, _ query: StoreQuery) async throws(StoreError) -> [StoredDocument]
    {
        var query = query
        var result: [StoredDocument] = []
        repeat {
            let page = try await partition.query(query)
            result += page.documents
            query.cursor = page.nextCursor
        } while query.cursor != nil && result.count <= Place.count
        return result
    }

    private func checkIndexes(
        _ tenant: Int,
        _ found: [(held: Held, document: StoredDocument)?]
    ) async throws(StoreError) {
        let partition = world.partition(tenant)
        for collection in [Place.alpha, Place.beta] {
            let schema = try await partition.schema(of: collection)
            let allowed = collection == Place.alpha ? [SimulatedSchemas.alpha] : SimulatedSchemas.beta
            guard let schema else {
                if model.tenants[tenant].hasAcknowledged, model.tenants[tenant].declared.contains(collection) {
                    model.fail("the schema of '\(collection)' of tenant \(tenant) is lost")
                }
                continue
            }
            if !allowed.contains(schema) {
                model.fail("'\(collection)' of tenant \(tenant) has a schema that nobody declared")
            }
            let held = found.compactMap { $0?.held }.filter {
                (model.versions[$0.version].place.isAlpha) == (collection == Place.alpha)
            }
            for index in schema.indexes { try await check(index, held, partition, collection) }
        }
    }

    private func check(
        _ index: IndexDefinition,
        _ held: [Held],
        _ partition: any TenantPartition,
        _ collection: CollectionName
    ) async throws(StoreError) {
        let order = index.name == "by_u" ? PageRequest.Index.unique : .group
        let keys = held.map { model.versions[$0.version].sortKey(order) }.sorted()
        let query = StoreQuery(collection: collection, index: index.name, limit: 2)
        let indexed = try await all(partition, query).map { document -> SortKey? in
            Version.number(in: document.body).map { model.versions[$0].sortKey(order) }
        }
        if indexed != keys {
            model.fail(
                "the index '\(index.name)' of '\(collection)' in '\(partition.tenant)' lists \(indexed), not \(keys)"
            )
        }
        guard index.isUnique else { return }
        let values = keys.compactMap(\.unique)
        if Set(values).count != values.count {
            model.fail("the unique index '\(index.name)' of '\(collection)' in '\(partition.tenant)' holds \(values)")
        }
    }
}
