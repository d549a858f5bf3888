internal import DocumentStore
internal import FunctionKit

/// Mistakes that can be put below or above the store, where they look to a client like the store's own; each must be found.
package enum SimulatedBug: String, CaseIterable, Sendable {
    /// Names in a tenant's folder are never made durable.
    case noFolderSync = "no-folder-sync"
    /// A sync says that it is done and has done nothing.
    case noSync = "no-sync"
    /// A sync says that it is done and is done only with the next access to the file: the acknowledgement comes before.
    case lateSync = "late-sync"
    /// A new file gets its name before its content is durable.
    case renameBeforeSync = "rename-before-sync"
    /// A write that finds no room says that it is done.
    case fullDiskIgnored = "full-disk-ignored"
    /// Cutting a file off does nothing.
    case cutIgnored = "cut-ignored"
    /// A failed sync is tried again, and the second answer is believed.
    case syncTriedAgain = "sync-tried-again"
    /// A read that fails counts as the end of the file.
    case failedReadIsEnd = "failed-read-is-end"
    /// The writes of a batch are committed one after another.
    case splitBatches = "split-batches"
    /// Conditions on revisions are not looked at.
    case noConditions = "no-conditions"
    /// A document may be read as it was a moment ago.
    case staleReads = "stale-reads"

    /// The disk with this mistake.
    func disk(_ disk: SimulatedDisk) -> any Disk { isAbove ? disk : BuggyDisk(disk, self) }

    /// The engine with this mistake.
    func engine(_ engine: any StoreEngine, clock: any AppClock) -> any StoreEngine {
        isAbove ? BuggyEngine(engine, self) : engine
    }

    /// True when the mistake lies above the store, so that the engine in memory can have it too.
    package var isAbove: Bool {
        switch self {
        case .splitBatches, .noConditions, .staleReads: true
        default: false
        }
    }
}
