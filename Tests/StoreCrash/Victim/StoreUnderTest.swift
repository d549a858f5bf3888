import DocumentStore
import FunctionHost
import FunctionKit
import FunctionTesting

/// The store's bounds and schemas that victim and driver share.
enum StoreUnderTest {
    /// Opens the folder with bounds that make tenants change places, logs be rewritten and files be closed all the time.
    static func open(
        _ folder: String,
        _ mode: FileStoreEngine.Mode,
        disk: any Disk = SystemDisk()
    ) throws(StoreError) -> FileStoreEngine {
        var limits = FileStoreEngine.Limits()
        limits.openFilesMax = 3
        limits.openTenantsMax = 3
        limits.workersMax = 3
        limits.openDocumentsMax = 600
        limits.segmentBytesMax = 24 << 10
        limits.room.fromBytes = 2 << 10
        limits.room.bytesMax = 4 << 10
        limits.compactionSlackBytes = 64 << 10
        limits.hintSlackBytes = 8 << 10
        limits.hintSlackBytesAtClose = 1 << 10
        limits.removalsKept = 20
        limits.cachedDocumentsMax = 64
        limits.sweepDocumentsMax = 16
        return try FileStoreEngine(
            path: folder,
            mode: mode,
            clock: SystemClock(),
            logger: Logger(sink: RecordingLog(), category: "Store"),
            disk: disk,
            limits: limits
        )
    }

    static let collections = ["accounts", "counters", "items", "ledger"]

    /// Accounts hold a number each that no other account has.
    static func accounts() throws(StoreError) -> CollectionSchema {
        CollectionSchema(
            collection: try CollectionName("accounts"),
            indexes: [IndexDefinition("by_slot", on: ["slot"], unique: true)]
        )
    }

    /// How many schemas of `items` there are.
    static let variants = 2

    /// The schemas of `items`, which change while there are documents.
    static func items(variant: Int) throws(StoreError) -> CollectionSchema {
        let byName = IndexDefinition("by_name", on: ["name"])
        return CollectionSchema(
            collection: try CollectionName("items"),
            indexes: variant == 0 ? [byName] : [byName, IndexDefinition("by_slot", on: ["slot", "name"])]
        )
    }
}
