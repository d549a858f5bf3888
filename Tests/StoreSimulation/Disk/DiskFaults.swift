/// How often accesses fail, each in 1000.
package struct DiskFaults {
    var read = 0
    var write = 0
    var sync = 0
    var folderSync = 0
    var truncate = 0
    var rename = 0
    var remove = 0
    var open = 0
    var list = 0
    /// Reads that give fewer bytes than asked.
    var shortRead = 0
    /// How many failed syncs drop what was to be synced.
    var drop = 500
    /// The bytes that the files may have together; nil for no bound.
    var capacity: Int?

    /// No faults.
    package init() {}

    /// True when an access may fail in a way that callers notice.
    var canFail: Bool {
        capacity != nil || read + write + sync + folderSync + truncate + rename + remove + open + list > 0
    }

    /// True for those that leave nothing broken once they end.
    var isFullDiskOnly: Bool {
        capacity != nil && read + write + sync + folderSync + truncate + rename + remove + open + list == 0
    }

    /// One of the usual ways in which disks fail, or none in two of five.
    static func random(_ random: inout SimulationRandom, usedBytes: Int) -> DiskFaults {
        var faults = DiskFaults()
        faults.shortRead = random.pick([0, 100, 600])
        switch random.below(10) {
        case 0: faults.sync = 60
        case 1: faults.capacity = usedBytes + random.below(3000)
        case 2: faults.read = 40
        case 3:
            faults.write = 40
            faults.truncate = 100
        case 4:
            faults.folderSync = 200
            faults.rename = 200
            faults.remove = 200
        case 5:
            faults.read = 15
            faults.write = 15
            faults.sync = 15
            faults.folderSync = 30
            faults.truncate = 30
            faults.rename = 30
            faults.remove = 30
            faults.open = 15
            faults.list = 30
        default: break
        }
        return faults
    }
}
