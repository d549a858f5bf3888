internal import DocumentStore
internal import Glibc

/// An open file of a ``SimulatedDisk``.
final class SimulatedFile: DiskFile, @unchecked Sendable {
    private let disk: SimulatedDisk
    private let path: String
    private let number: Int
    private var hasLock = false

    init(disk: SimulatedDisk, path: String, number: Int) {
        self.disk = disk
        self.path = path
        self.number = number
    }

    deinit { if hasLock { disk.image.files[number].isLocked = false } }

    func size() throws(DiskError) -> Int {
        try disk.access("measure", path, failing: 0) {}
        return disk.image.files[number].content.count
    }

    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        switch try disk.enter("read", path, offset, count, failing: disk.faults.read) {
        case .succeeds: break
        case .fails(let number): throw DiskError("read", path, number)
        case .stopsBefore, .stopsWithin: try disk.die("read", path)
        }
        let content = disk.image.files[number].content
        var available = min(count, max(content.count - offset, 0))
        if available > 1, disk.random.chance(disk.faults.shortRead) { available = 1 + disk.random.below(available) }
        return available == 0 ? [] : Array(content[offset..<offset + available])
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        // The number of the process is the only thing in a data folder that no seed decides.
        let bytes = path.hasSuffix("postern.lock") ? Array("1\n".utf8) : bytes
        let fate = try disk.enter("write", path, offset, bytes.count, bytes: bytes, failing: disk.faults.write)
        switch fate {
        case .succeeds: try writeAsFarAsThereIsRoom(bytes, offset)
        case .fails(let number):
            writePart(bytes, offset)
            throw DiskError("write", path, number)
        case .stopsBefore: try disk.die("write", path)
        case .stopsWithin:
            writePart(bytes, offset)
            try disk.die("write", path)
        }
    }

    private func writePart(_ bytes: [UInt8], _ offset: Int) {
        disk.image.files[number].write(Array(bytes.prefix(disk.random.below(bytes.count + 1))), at: offset)
    }

    private func writeAsFarAsThereIsRoom(_ bytes: [UInt8], _ offset: Int) throws(DiskError) {
        if let capacity = disk.faults.capacity {
            let growth = max(offset + bytes.count - disk.image.files[number].content.count, 0)
            guard growth == 0 || disk.image.bytes + growth <= capacity else {
                disk.trace.note("full")
                disk.hasFailed = true
                writePart(bytes, offset)
                throw DiskError("write", path, ENOSPC)
            }
        }
        disk.image.files[number].write(bytes, at: offset)
    }

    func truncate(to size: Int) throws(DiskError) {
        switch try disk.enter("cut", path, size, failing: disk.faults.truncate) {
        case .succeeds: disk.image.files[number].resize(to: size)
        case .fails(let number): throw DiskError("cut", path, number)
        case .stopsBefore: try disk.die("cut", path)
        case .stopsWithin:
            disk.image.files[number].resize(to: size)
            try disk.die("cut", path)
        }
    }

    func sync() throws(DiskError) {
        switch try disk.enter("sync", path, failing: disk.faults.sync) {
        case .succeeds: disk.image.files[number].sync()
        case .fails(let error):
            let drops = disk.random.chance(disk.faults.drop)
            disk.image.files[number].failSync(drops: drops, &disk.random)
            throw DiskError("sync", path, error)
        case .stopsBefore: try disk.die("sync", path)
        case .stopsWithin:
            // Everything may have arrived without anybody knowing.
            if disk.random.chance(500) { disk.image.files[number].sync() }
            try disk.die("sync", path)
        }
    }

    func lock() throws(DiskError) -> Bool {
        try disk.access("lock", path, failing: 0) {}
        guard !disk.image.files[number].isLocked else { return false }
        disk.image.files[number].isLocked = true
        hasLock = true
        return true
    }
}
