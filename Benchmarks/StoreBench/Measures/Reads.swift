import DocumentStore
import FunctionKit

/// Reads per second by one caller, warm.
enum Reads {
    static func get(_ options: Options) async throws {
        let count = options.number("documents")
        let folder = options.text("folder")
        if options.text("peer") == "store" {
            let store = try StoreSubject(folder)
            let keys = try await store.fill("acme", count).shuffledAlike()
            report("rate", try await gets(store, "acme", keys, options.duration))
            await store.engine.close()
            return
        }
        let (database, ids) = table(options)
        let texts = ids.shuffledAlike().map { id in id.utf8.map { CChar(bitPattern: $0) } }
        var sum = texts.reduce(0) { $0 + database.get($1) }
        let rate = await rate(for: options.duration) { sum += database.get(texts[$0 % texts.count]) }
        guard sum > 0, sum % Sample.bytes == 0 else { fail("SQLite gave other bodies") }
        report("rate", rate)
    }

    /// Random gets over all keys, after each was read once.
    static func gets(
        _ store: StoreSubject,
        _ tenant: String,
        _ keys: [DocumentKey],
        _ duration: Duration
    ) async throws -> Double {
        let partition = try store.partition(tenant)
        var sum = 0
        for key in keys { sum += try await partition.get(key)?.body.count ?? -1 }
        let rate = try await rate(for: duration) { number in
            sum += try await partition.get(keys[number % keys.count])?.body.count ?? -1
        }
        guard sum > 0, sum % Sample.bytes == 0 else { fail("the store gave other bodies") }
        return rate
    }

    static func page(_ options: Options) async throws {
        let folder = options.text("folder")
        if options.text("peer") == "store" {
            let store = try StoreSubject(folder)
            try await store.fill("acme", options.number("documents"))
            report("rate", try await pages(store, "acme", options.duration))
            await store.engine.close()
            return
        }
        let (database, _) = table(options)
        var sum = 0
        var count = 0
        let rate = await rate(for: options.duration) { _ in
            sum += database.firstPage()
            count += 1
        }
        // The bodies and 36 bytes of each id.
        guard sum == count * 50 * (Sample.bytes + 36) else { fail("SQLite gave other pages") }
        report("rate", rate)
    }

    /// First pages of 50 by the sample's index.
    static func pages(_ store: StoreSubject, _ tenant: String, _ duration: Duration) async throws -> Double {
        let partition = try store.partition(tenant)
        let query = StoreQuery(collection: try CollectionName(Sample.collection), index: Sample.index.name, limit: 50)
        var sum = 0
        var count = 0
        let rate = try await rate(for: duration) { _ in
            for document in try await partition.query(query).documents { sum += document.body.count }
            count += 1
        }
        guard sum == count * 50 * Sample.bytes else { fail("the store gave other pages") }
        return rate
    }

    private static func table(_ options: Options) -> (SQLiteDatabase, [String]) {
        guard let shape = SQLiteDatabase.Shape(rawValue: options.text("shape")) else { fail("there is no such shape") }
        let database = SQLiteDatabase(options.text("folder") + "/peer.sqlite", shape)
        let sample = Sample()
        var ids: [String] = []
        database.run("BEGIN")
        for number in 0..<options.number("documents") {
            ids.append(sample.id())
            database.insert(ids[number], number, Sample.body(number), at: 1_767_225_600_000 + Int64(number))
        }
        database.run("COMMIT")
        database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        return (database, ids)
    }
}
