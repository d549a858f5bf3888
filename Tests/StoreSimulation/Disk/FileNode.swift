/// A file's bytes: what programs see, what is on the platter, and the changes between the two.
struct FileNode {
    /// A change that has not been synced.
    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case resize(Int)
    }

    /// What programs see.
    private(set) var content: [UInt8] = []
    /// What outlives a loss of power for certain.
    private(set) var durable: [UInt8] = []
    private(set) var unsynced: [Change] = []
    /// True when a failed sync dropped changes that programs still see.
    private(set) var hasDropped = false
    /// Where the writes began of which something is left, in order.
    private var writeStarts: [Int] = []
    /// Where the last of them began; what stands before it had been synced by somebody who syncs after each write.
    var lastWriteStart: Int { writeStarts.last ?? 0 }
    var isLocked = false

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        guard !bytes.isEmpty else { return }
        writeStarts.removeAll { $0 >= offset }
        writeStarts.append(offset)
        apply(.write(offset: offset, bytes: bytes))
    }

    mutating func resize(to size: Int) {
        guard size != content.count else { return }
        writeStarts.removeAll { $0 >= size }
        apply(.resize(size))
    }

    private mutating func apply(_ change: Change) {
        change.apply(to: &content)
        unsynced.append(change)
    }

    mutating func sync() {
        if hasDropped {
            for change in unsynced { change.apply(to: &durable) }
        } else {
            durable = content
        }
        unsynced = []
    }

    /// A sync that fails. The system may take the changes for written from then on, although they are not.
    mutating func failSync(drops: Bool, _ random: inout SimulationRandom) {
        guard drops else { return }
        if !unsynced.isEmpty { hasDropped = true }
        durable = survivors(&random)
        forgetUnsynced()
    }

    /// Of a write that may be lost nobody can say any more that it was the last one.
    private mutating func forgetUnsynced() {
        for case .write(let offset, _) in unsynced { writeStarts.removeAll { $0 == offset } }
        unsynced = []
    }

    /// Changes a byte that is on the platter, or cuts the file off there.
    mutating func damage(at offset: Int, flipping mask: UInt8?) {
        if let mask { content[offset] ^= mask } else { content.removeSubrange(offset...) }
        durable = content
        unsynced = []
    }

    /// Loses the power: what was not synced is there in part, in any order, or not at all.
    mutating func losePower(_ random: inout SimulationRandom) {
        durable = survivors(&random)
        content = durable
        forgetUnsynced()
        writeStarts.removeAll { $0 >= content.count }
        hasDropped = false
        isLocked = false
    }

    /// What may be on the platter now.
    private func survivors(_ random: inout SimulationRandom) -> [UInt8] {
        guard !unsynced.isEmpty else { return durable }
        var result = durable
        switch random.below(7) {
        case 0: break
        case 1: for change in unsynced { change.apply(to: &result) }
        case 2: keepPrefix(&result, &random)
        case 3: for change in unsynced where random.chance(500) { change.apply(to: &result) }
        case 4: for change in unsynced { change.torn(&random).apply(to: &result) }
        case 5: keepBlocks(&result, &random)
        default: keepSize(&result, &random)
        }
        return result
    }

    private func keepPrefix(_ result: inout [UInt8], _ random: inout SimulationRandom) {
        let count = random.below(unsynced.count)
        for change in unsynced[..<count] { change.apply(to: &result) }
        unsynced[count].torn(&random).apply(to: &result)
    }

    /// Each block of a write arrives or does not; where it was to extend the file, zeros stand between.
    private func keepBlocks(_ result: inout [UInt8], _ random: inout SimulationRandom) {
        let size = random.pick([1, 16, 128, 512, 4096])
        for change in unsynced {
            guard case .write(let offset, let bytes) = change else {
                if random.chance(500) { change.apply(to: &result) }
                continue
            }
            // Blocks lie where the file system has them, not where the write begins.
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + size - (offset + start) % size)
                if random.chance(600) {
                    Change.write(offset: offset + start, bytes: Array(bytes[start..<end])).apply(to: &result)
                }
                start = end
            }
        }
    }

    /// The file has its new size, and zeros where nothing arrived.
    private func keepSize(_ result: inout [UInt8], _ random: inout SimulationRandom) {
        for change in unsynced {
            guard case .write(let offset, let bytes) = change else {
                change.apply(to: &result)
                continue
            }
            if random.chance(500) { change.torn(&random).apply(to: &result) }
            if result.count < offset + bytes.count { Change.resize(offset + bytes.count).apply(to: &result) }
        }
    }
}

extension FileNode.Change {
    func apply(to bytes: inout [UInt8]) {
        switch self {
        case .write(let offset, let new):
            if bytes.count < offset { bytes.append(contentsOf: [UInt8](repeating: 0, count: offset - bytes.count)) }
            let overlap = min(bytes.count - offset, new.count)
            bytes.replaceSubrange(offset..<offset + overlap, with: new)
        case .resize(let size):
            if size < bytes.count {
                bytes.removeSubrange(size...)
            } else {
                bytes.append(contentsOf: [UInt8](repeating: 0, count: size - bytes.count))
            }
        }
    }

    /// The change as far as it came: the first bytes of a write.
    func torn(_ random: inout SimulationRandom) -> FileNode.Change {
        switch self {
        case .write(let offset, let bytes):
            .write(offset: offset, bytes: Array(bytes.prefix(random.below(bytes.count + 1))))
        case .resize: self
        }
    }
}
