public import FunctionKit
import Synchronization

/// A store engine in memory that passes the same conformance suite as the engine on files.
public final class MemoryStoreEngine: StoreEngine {
    /// Makes an empty store that takes its times from `clock`.
    public init(clock: any AppClock) {}
    public func partition(_ tenant: TenantName) -> any TenantPartition { fatalError() }
    public func tenants() async throws(StoreError) -> [TenantName] { [] }
    public func observeCommits(_ observer: @escaping @Sendable (CommitNotice) -> Void) {}
    public func close() async {}
}
