import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting

/// Runs `body` with a folder of its own, which is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = "/tmp/postern-store-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Opens the store in a folder.
func openEngine(
    _ folder: String,
    mode: FileStoreEngine.Mode = .exclusive,
    clock: any AppClock = ManualClock(),
    log: RecordingLog = RecordingLog(),
    disk: any Disk = SystemDisk(),
    limits: FileStoreEngine.Limits = .init()
) throws -> FileStoreEngine {
    try FileStoreEngine(
        path: folder + "/data",
        mode: mode,
        clock: clock,
        logger: Logger(sink: log, category: "Store"),
        disk: disk,
        limits: limits
    )
}

/// The path of a tenant's log below a test's folder.
func logPath(_ folder: String, _ tenant: String = "acme") -> String { "\(folder)/data/tenants/\(tenant)/log.jsonl" }

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

/// Writes a whole file.
func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }
