/// Keys with their values in one piece of memory, before they are packed.
struct KeyList {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []
    private(set) var values: [UInt32] = []

    var count: Int { values.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    mutating func append(_ key: some Sequence<UInt8>, _ value: UInt32) {
        bytes.append(contentsOf: key)
        close(value)
    }

    mutating func append(_ entry: PackedEntry) {
        entry.appendKey(to: &bytes)
        close(entry.value)
    }

    /// Appends the entries of a chunk.
    mutating func append(_ chunk: PackedChunk, _ range: Range<Int>) {
        chunk.withView { view in
            for index in range {
                view.appendKey(index, to: &bytes)
                close(view.value(index))
            }
        }
    }

    private mutating func close(_ value: UInt32) {
        ends.append(bytes.count)
        values.append(value)
    }

    /// Where a key lies among ``bytes``.
    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// The numbers of the keys in the order of their bytes.
    func sortedOrder() -> [UInt32] {
        bytes.withUnsafeBytes { buffer in
            func key(_ index: UInt32) -> UnsafeRawBufferPointer {
                UnsafeRawBufferPointer(rebasing: buffer[range(Int(index))])
            }
            return (0..<UInt32(count)).sorted { order(key($0), key($1)) < 0 }
        }
    }
}
