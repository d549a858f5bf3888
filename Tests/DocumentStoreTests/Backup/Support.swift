import DocumentStore
import FoundationEssentials
import FunctionKit
import FunctionTesting

/// What a tenant holds, in a form that compares: id, revision, times and body of every document of `notes`.
func contents(of partition: any TenantPartition) async throws -> [StoredDocument] {
    var query = StoreQuery(collection: try CollectionName("notes"), limit: 500)
    var result: [StoredDocument] = []
    repeat {
        let page = try await partition.query(query)
        result += page.documents
        query.cursor = page.nextCursor
    } while query.cursor != nil
    return result
}

/// The contents of tenants in a data folder, opened for a moment.
func contents(_ folder: String, of tenants: [String], clock: ManualClock) async throws -> [[StoredDocument]] {
    let engine = try FileStoreEngine(
        path: folder,
        mode: .readOnly,
        clock: clock,
        logger: Logger(sink: RecordingLog(), category: "Store")
    )
    var result: [[StoredDocument]] = []
    for tenant in tenants { result.append(try await contents(of: engine.partition(try TenantName(tenant)))) }
    await engine.close()
    return result
}

/// The error that `body` throws; nil when it throws none.
func storeError<Result>(_ body: () throws(StoreError) -> Result) -> StoreError? {
    do throws(StoreError) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

/// The names in a folder, in order; none when there is no such folder.
func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
}

extension StoreBackup {
    /// A backup of `folder/data` to `folder/backup`.
    init(_ folder: String, tenants: [String]? = nil, disk: any Disk = SystemDisk()) throws {
        self.init(
            ofFolder: folder + "/data",
            to: folder + "/backup",
            tenants: try tenants.map { try $0.map { name throws(StoreError) in try TenantName(name) } },
            disk: disk
        )
    }
}

extension StoreRestore {
    /// A restore of `folder/backup` into `folder/restored`.
    init(_ folder: String, tenants: [String]? = nil, disk: any Disk = SystemDisk()) throws {
        self.init(
            from: folder + "/backup",
            to: folder + "/restored",
            tenants: try tenants.map { try $0.map { name throws(StoreError) in try TenantName(name) } },
            disk: disk
        )
    }
}

extension TenantPartition {
    /// Writes `count` documents `n0`, `n1`, ….
    func fill(_ count: Int) async throws {
        for number in 0..<count { try await create("n\(number)", #"{"number":\#(number),"text":"Some words."}"#) }
    }
}

/// The log files of a tenant below a test's folder, with their bytes.
func logFiles(_ folder: String, _ tenant: String, in data: String = "data") throws -> [(path: String, bytes: [UInt8])] {
    let place = "\(folder)/\(data)/tenants/\(tenant)"
    return try names(in: place).filter { $0.hasSuffix(".jsonl") }.map {
        ("\(place)/\($0)", try bytes(of: "\(place)/\($0)"))
    }
}
