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

/// A tenant's folder below a test's folder.
func tenantPath(_ folder: String, _ tenant: String = "acme") -> String { "\(folder)/data/tenants/\(tenant)" }

/// The path of a segment of a tenant's log, of the first one if nothing else is said.
func logPath(_ folder: String, _ tenant: String = "acme", _ segments: String = "00000001-00000001") -> String {
    "\(tenantPath(folder, tenant))/\(segments).jsonl"
}

/// The path of a tenant's hint file.
func hintPath(_ folder: String, _ tenant: String = "acme") -> String { tenantPath(folder, tenant) + "/index.hint" }

/// The names of the files in a tenant's folder, in order.
func fileNames(_ folder: String, _ tenant: String = "acme") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: tenantPath(folder, tenant)).sorted()
}

/// How many bytes a tenant's log has.
func logSize(_ folder: String, _ tenant: String = "acme") throws -> Int {
    try fileNames(folder, tenant).filter { $0.hasSuffix(".jsonl") }
        .reduce(0) { try $0 + bytes(of: "\(tenantPath(folder, tenant))/\($1)").count }
}

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

/// Writes a whole file.
func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }
