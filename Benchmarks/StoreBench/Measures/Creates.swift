import DocumentStore
import FunctionHost
import FunctionKit
import Glibc

/// Durable creates per second: each writer waits for the acknowledgement of one document before it sends the next.
enum Creates {
    static func run(_ options: Options) async throws {
        let writers = options.number("writers")
        let tenants = options.number("tenants")
        let folder = options.text("folder")
        switch options.text("peer") {
        case "store":
            let store = try StoreSubject(folder)
            let names = (0..<tenants).map { "tenant-\($0)" }
            for name in names { try await store.declare(name) }
            report("rate", try await creates(in: store, names, writers, options.duration))
            await store.engine.close()
        case "sqlite-shared":
            // One connection, and so one database for all tenants, behind a mutex.
            let database = SQLiteDatabase(folder + "/all.sqlite")
            report("rate", inserts([database], writers, options.duration))
        case "sqlite-tenants":
            let databases = (0..<tenants).map { SQLiteDatabase(folder + "/tenant-\($0).sqlite") }
            report("rate", inserts(databases, writers, options.duration))
        case let peer: fail("there is no peer '\(peer)'")
        }
    }

    /// Writers take turns at the tenants.
    static func creates(
        in store: StoreSubject,
        _ tenants: [String],
        _ writers: Int,
        _ duration: Duration
    ) async throws -> Double {
        let rate = Rate(for: duration)
        let sample = Sample()
        let collection = try CollectionName(Sample.collection)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                let partition = try store.partition(tenants[writer % tenants.count])
                group.addTask {
                    var number = writer
                    repeat {
                        let key = DocumentKey(collection, try DocumentID(sample.id()))
                        _ = try await partition.commit(.init([.init(key, .create(.init(body: Sample.body(number))))]))
                        number += writers
                    } while rate.add()
                }
            }
            try await group.waitForAll()
        }
        return rate.value
    }

    private static func inserts(_ databases: [SQLiteDatabase], _ writers: Int, _ duration: Duration) -> Double {
        let rate = Rate(for: duration)
        let sample = Sample()
        onThreads(writers) { writer in
            let database = databases[writer % databases.count]
            var number = writer
            repeat {
                let time = SystemClock().now.milliseconds
                database.insertAlone(sample.id(), number, Sample.body(number), at: time)
                number += writers
            } while rate.add()
        }
        return rate.value
    }
}

/// What the disk gives one thread that appends the lines of a log, each made durable before the next.
enum RawAppends {
    static func run(_ options: Options) throws {
        let lines = try Self.lines(of: options.text("log"))
        let path = options.text("folder") + "/raw.jsonl"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { fail("'\(path)' cannot be made") }
        let rate = Rate(for: options.duration)
        var next = 0
        var end = 0
        repeat {
            let line = lines[next]
            next = (next + 1) % lines.count
            guard pwrite(descriptor, line, line.count, off_t(end)) == line.count, fdatasync(descriptor) == 0 else {
                fail("'\(path)' cannot be written")
            }
            end += line.count
        } while rate.add()
        close(descriptor)
        report("rate", rate.value)
        report("bytes", Double(lines.reduce(0) { $0 + $1.count }) / Double(lines.count))
    }

    /// The batches of a log that held one document each, with their line ends.
    private static func lines(of path: String) throws -> [[UInt8]] {
        guard let file = try SystemDisk().open(path, .read) else { fail("there is no log '\(path)'") }
        let bytes = try file.readFully(at: 0, count: 8 << 20)
        let newline = UInt8(ascii: "\n")
        let end = bytes.lastIndex(of: newline) ?? 0
        let lines = bytes[..<end].split(separator: newline).dropFirst(2).map { Array($0) + [newline] }
        guard !lines.isEmpty else { fail("the log '\(path)' has no batches") }
        return lines
    }
}
