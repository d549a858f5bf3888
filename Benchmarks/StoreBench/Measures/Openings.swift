import DocumentStore
import FunctionKit
import Glibc

/// What it takes to have a large tenant open.
enum Openings {
    /// Makes a tenant with this many documents.
    static func fill(_ options: Options) async throws {
        let store = try StoreSubject(options.text("folder"), compacts: false)
        try await store.fill("large", options.number("documents"), indexed: options.number("indexes", or: 1) > 0)
        await store.engine.close()
    }

    /// Adds documents, one in a batch, and ends as `kill -9` would end it.
    static func crash(_ options: Options) async throws {
        let store = try StoreSubject(options.text("folder"), compacts: false)
        let collection = try CollectionName(Sample.collection)
        let partition = try store.partition("large")
        let sample = Sample()
        let count = options.number("tail")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<64 {
                group.addTask {
                    for number in stride(from: writer, to: count, by: 64) {
                        let key = DocumentKey(collection, try DocumentID(sample.id()))
                        _ = try await partition.commit(.init([.init(key, .create(.init(body: Sample.body(number))))]))
                    }
                }
            }
            try await group.waitForAll()
        }
        kill(getpid(), SIGKILL)
    }

    /// Opens the folder and the tenant in it: how long until its first document has been looked up, and what it holds.
    static func open(_ options: Options) async throws {
        let store = try StoreSubject(options.text("folder"), compacts: false)
        let partition = try store.partition("large")
        let key = DocumentKey(try CollectionName(Sample.collection), try DocumentID("0"))
        let before = Memory.now
        let start = ContinuousClock.now
        _ = try await partition.get(key)
        let elapsed = ContinuousClock.now - start
        let memory = Memory.now - before
        let documents = try await partition.collections().reduce(0) { $0 + $1.documents }
        report("milliseconds", elapsed / .milliseconds(1))
        report("documents", Double(documents))
        report("heap", Double(memory.heap) / Double(max(documents, 1)))
        report("resident", Double(memory.resident) / Double(max(documents, 1)))
        // Ends without closing, which may write.
        exit(EXIT_SUCCESS)
    }
}
