/// A folder's names: what programs see, what outlives a loss of power, and the changes between the two.
struct FolderNode {
    /// What a name leads to, as a number in the image.
    enum Target: Hashable {
        case file(Int)
        case folder(Int)
    }

    struct Entry {
        var name: String
        var target: Target
    }

    enum Change {
        case make(Entry)
        case remove(Entry)
        case rename(Entry, to: String)
    }

    private(set) var entries: [Entry] = []
    private(set) var durable: [Entry] = []
    private var unsynced: [Change] = []

    var hasUnsynced: Bool { !unsynced.isEmpty }

    func target(_ name: String) -> Target? { entries.first { $0.name == name }?.target }

    mutating func change(_ change: Change) {
        change.apply(to: &entries)
        unsynced.append(change)
    }

    mutating func sync() {
        durable = entries
        unsynced = []
    }

    /// Loses the power: names that were not synced survive as the file system happened to write them down. One with a journal
    /// keeps the first changes, another any of them; a rename is there or not, never half.
    mutating func losePower(_ random: inout SimulationRandom) {
        if hasUnsynced {
            switch random.below(4) {
            case 0: break
            case 1: for change in unsynced { change.apply(to: &durable) }
            case 2: for change in unsynced[..<random.below(unsynced.count + 1)] { change.apply(to: &durable) }
            default: for change in unsynced where random.chance(500) { change.apply(to: &durable) }
            }
        }
        entries = durable
        unsynced = []
    }
}

extension FolderNode.Change {
    func apply(to entries: inout [FolderNode.Entry]) {
        switch self {
        case .make(let entry): put(entry, &entries)
        case .remove(let entry): entries.removeAll { $0.name == entry.name && $0.target == entry.target }
        case .rename(let entry, let name):
            entries.removeAll { $0.name == entry.name && $0.target == entry.target }
            put(FolderNode.Entry(name: name, target: entry.target), &entries)
        }
    }

    private func put(_ entry: FolderNode.Entry, _ entries: inout [FolderNode.Entry]) {
        entries.removeAll { $0.name == entry.name }
        entries.append(entry)
    }
}
