import DocumentStore
import FunctionKit
import Glibc

/// How the cost of each operation grows with the documents of a tenant, and with the tenants.
enum Growth {
    /// One tenant with this many documents.
    static func documents(_ options: Options) async throws {
        let folder = options.text("folder")
        let count = options.number("documents")
        do {
            let store = try StoreSubject(folder, compacts: false)
            try await store.fill("large", count)
            await store.engine.close()
        }
        report("file-bytes", Double(bytes(below: folder + "/tenants/large")) / Double(count))
        let store = try StoreSubject(folder, compacts: false)
        let before = Memory.now
        let opening = try await time { _ = try await store.partition("large").collections() }
        report("open-ms", opening)
        let memory = Memory.now - before
        report("heap", Double(memory.heap) / Double(count))
        let keys = try await store.keys("large").shuffledAlike()
        report("get", try await Reads.gets(store, "large", keys, options.duration))
        report("page", try await Reads.pages(store, "large", options.duration))
        report("create-1", try await Creates.creates(in: store, ["large"], 1, options.duration))
        report("create-64", try await Creates.creates(in: store, ["large"], 64, options.duration))
        try await store.rewrite("large", keys.prefix(count / 2))
        report("compact-ms", try await time { try await store.engine.compact(try TenantName("large")) })
        report("open-files", Double(openFiles()))
        await store.engine.close()
    }

    /// The same documents spread over this many tenants.
    static func tenants(_ options: Options) async throws {
        let folder = options.text("folder")
        let count = options.number("tenants")
        let documents = options.number("documents") / count
        let names = (0..<count).map { "tenant-\($0)" }
        do {
            let store = try StoreSubject(folder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<min(count, 64) {
                    group.addTask {
                        for number in stride(from: writer, to: count, by: 64) {
                            try await store.fill(names[number], documents)
                        }
                    }
                }
                try await group.waitForAll()
            }
            await store.engine.close()
        }
        report("file-bytes", Double(bytes(below: folder + "/tenants")) / Double(count * documents))
        let store = try StoreSubject(folder)
        let before = Memory.now
        let opening = try await time { for name in names { _ = try await store.partition(name).collections() } }
        report("open-ms", opening / Double(count))
        let memory = Memory.now - before
        report("heap", Double(memory.heap) / Double(count))
        var keys: [(partition: any TenantPartition, key: DocumentKey)] = []
        for name in names {
            let partition = try store.partition(name)
            for key in try await store.keys(name) { keys.append((partition, key)) }
        }
        let order = keys.shuffledAlike()
        report(
            "get",
            try await rate(for: options.duration) { number in
                let (partition, key) = order[number % order.count]
                guard try await partition.get(key) != nil else { fail("a document is missing") }
            }
        )
        report("create-64", try await Creates.creates(in: store, names.shuffledAlike(), 64, options.duration))
        report("open-files", Double(openFiles()))
        await store.engine.close()
    }

    /// In milliseconds.
    private static func time(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }
}
