import DocumentStore

/// Bugs that a store could have, put below it on purpose to show that the driver finds them.
///
/// What a sync leaves out is not among them: the killed process leaves the system's cache behind, and only a loss of power takes
/// that away; the simulated disk plays it.
enum Fault: String, Sendable, CaseIterable {
    /// Writes reach the file a little after the store was told so: an acknowledgement before the write.
    case lateWrites = "late-writes"
    /// The first opening of a log cuts its last line off: a recovery that drops too much.
    case lostTail = "lost-tail"

    func disk(_ disk: any Disk) -> any Disk {
        switch self {
        case .lateWrites: LateDisk(disk)
        case .lostTail: ForgetfulDisk(disk)
        }
    }
}
