package import DocumentStore
internal import Glibc

/// A disk in memory that a seed drives: it loses, tears and reorders what was not synced, fails, fills up, and stops at any access.
///
/// One object is one life of the process: after ``isDead`` every access fails, and a new object goes on with the ``image``.
///
/// `@unchecked Sendable`: used by the simulation's one thread only.
package final class SimulatedDisk: Disk, @unchecked Sendable {
    /// What happens to an access.
    enum Fate {
        case succeeds
        case fails(Int32)
        /// The machine stops before it has any effect.
        case stopsBefore
        /// The machine stops when it has had its effect, or a part of it.
        case stopsWithin
    }

    /// The files.
    package internal(set) var image: DiskImage
    /// What fails.
    package var faults = DiskFaults()
    /// At which access the machine stops; nil for never.
    package var stopsAt: Int?
    /// How many accesses there were.
    package private(set) var accesses = 0
    /// True when the machine has stopped.
    package private(set) var isDead = false
    /// True when an access has failed in a way that callers noticed.
    package internal(set) var hasFailed = false
    var random: SimulationRandom
    let trace: EventTrace
    private let interrupt: () -> Void

    /// Makes a disk.
    ///
    /// - Parameter interrupt: called where a thread would wait for the disk.
    package init(
        image: DiskImage,
        random: SimulationRandom,
        trace: EventTrace,
        interrupt: @escaping () -> Void = {}
    ) {
        self.image = image
        self.random = random
        self.trace = trace
        self.interrupt = interrupt
    }

    /// Stops the machine.
    package func stop() {
        guard !isDead else { return }
        trace.note("stop", "", accesses)
        isDead = true
    }

    /// Decides what happens to an access.
    func enter(
        _ operation: StaticString,
        _ path: String,
        _ first: Int = 0,
        _ second: Int = 0,
        bytes: [UInt8] = [],
        failing perMille: Int
    ) throws(DiskError) -> Fate {
        if !isDead { interrupt() }
        guard !isDead else { throw DiskError("\(operation)", path, EIO) }
        accesses += 1
        trace.note(operation, path, first, second, bytes: bytes)
        if let stopsAt, accesses >= stopsAt { return random.chance(500) ? .stopsBefore : .stopsWithin }
        if perMille > 0, random.chance(perMille) {
            trace.note("fails")
            hasFailed = true
            return .fails(EIO)
        }
        return .succeeds
    }

    /// Runs an access that happens at once or not at all.
    func access(
        _ operation: StaticString,
        _ path: String,
        failing perMille: Int,
        _ effect: () throws(DiskError) -> Void
    ) throws(DiskError) {
        switch try enter(operation, path, failing: perMille) {
        case .succeeds: try effect()
        case .fails(let number): throw DiskError("\(operation)", path, number)
        case .stopsBefore: try die("\(operation)", path)
        case .stopsWithin:
            try effect()
            try die("\(operation)", path)
        }
    }

    func die(_ operation: String, _ path: String) throws(DiskError) {
        stop()
        throw DiskError(operation, path, EIO)
    }

    package func makeFolder(_ path: String) throws(DiskError) {
        try access("make folder", path, failing: faults.open) { () throws(DiskError) in
            guard let (folder, name) = image.place(path) else { throw DiskError("make folder", path, ENOENT) }
            if image.folders[folder].target(name) == nil { image.makeFolder(name, in: folder) }
        }
    }

    package func names(in folder: String) throws(DiskError) -> [String]? {
        var names: [String]?
        try access("list", folder, failing: faults.list) { () throws(DiskError) in
            names = image.folder(folder).map { image.folders[$0].entries.map(\.name) }
        }
        guard var result = names else { return nil }
        // A folder has no order.
        for index in result.indices.reversed() { result.swapAt(index, random.below(index + 1)) }
        return result
    }

    package func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        var number: Int?
        try access("open", path, failing: faults.open) { () throws(DiskError) in
            number = image.file(path)
            guard mode == .create || mode == .createOrKeep else { return }
            if let number {
                if mode == .create { image.files[number].resize(to: 0) }
            } else {
                guard let (folder, name) = image.place(path) else { throw DiskError("open", path, ENOENT) }
                number = image.makeFile(name, in: folder)
            }
        }
        return number.map { SimulatedFile(disk: self, path: path, number: $0) }
    }

    package func rename(_ path: String, to newPath: String) throws(DiskError) {
        try access("rename", newPath, failing: faults.rename) { () throws(DiskError) in
            guard let (folder, name) = image.place(path), let (newFolder, newName) = image.place(newPath),
                folder == newFolder, let target = image.folders[folder].target(name)
            else { throw DiskError("rename", path, ENOENT) }
            image.folders[folder].change(.rename(.init(name: name, target: target), to: newName))
        }
    }

    package func remove(_ path: String) throws(DiskError) {
        try access("remove", path, failing: faults.remove) { () throws(DiskError) in
            guard let (folder, name) = image.place(path), let target = image.folders[folder].target(name) else {
                return
            }
            image.folders[folder].change(.remove(.init(name: name, target: target)))
        }
    }

    package func syncFolder(_ path: String) throws(DiskError) {
        try access("sync folder", path, failing: faults.folderSync) { () throws(DiskError) in
            guard let folder = image.folder(path) else { throw DiskError("sync", path, ENOENT) }
            // A machine that stops within has done nothing for certain; names may survive anyway.
            if stopsAt.map({ accesses < $0 }) ?? true { image.folders[folder].sync() }
        }
    }
}
