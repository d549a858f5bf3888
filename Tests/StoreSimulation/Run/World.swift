internal import DocumentStore
internal import FunctionKit

/// What the clients of one life of the process share.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
final class World: @unchecked Sendable {
    let model: StoreModel
    let clock: SimulatedClock
    /// The store as clients see it.
    let engine: any StoreEngine
    private let partitions: [any TenantPartition]
    /// The same store for its maintenance; nil for one in memory.
    let files: FileStoreEngine?
    /// The disk below; nil for a store in memory.
    let disk: SimulatedDisk?
    var random: SimulationRandom
    /// True from the moment at which the store is being closed.
    var isClosing = false

    init(
        model: StoreModel,
        engine: any StoreEngine,
        files: FileStoreEngine?,
        disk: SimulatedDisk?,
        random: SimulationRandom
    ) {
        self.model = model
        clock = model.clock
        self.engine = engine
        partitions = model.tenants.indices.map { engine.partition(StoreModel.name($0)) }
        self.files = files
        self.disk = disk
        self.random = random
    }

    /// True when the machine has stopped or a promise is broken: nobody goes on.
    var isOver: Bool { isDead || model.failure != nil }
    var isDead: Bool { disk?.isDead ?? false }

    /// A tenant's partition as everybody shares it: what was declared through it holds for what is written through it.
    func partition(_ tenant: Int) -> any TenantPartition { partitions[tenant] }

    /// Checks that a call may fail like this.
    ///
    /// - Returns: false when the machine has stopped and so nobody was told.
    func take(_ error: StoreError, of call: String) -> Bool {
        guard !isDead else { return false }
        switch error.code {
        case .unavailable where disk?.faults.canFail ?? false || disk?.hasFailed ?? false: break
        case .closed where isClosing: break
        default: model.fail("\(call) failed with \(error.code): \(error.message)")
        }
        return true
    }
}
