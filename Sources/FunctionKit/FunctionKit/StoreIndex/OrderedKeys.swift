/// A set of byte strings in ascending order of their bytes.
///
/// It is a list of sorted chunks: an insertion moves the entries of one chunk only, and a search looks through the chunks'
/// first entries and then through one chunk.
struct OrderedKeys: Sendable {
    private var chunks: [[[UInt8]]] = []
    /// How many keys there are.
    private(set) var count = 0

    private static let chunkKeysMax = 256

    /// Adds a key that is not there yet.
    mutating func insert(_ key: [UInt8]) {
        count += 1
        guard !chunks.isEmpty else {
            chunks = [[key]]
            return
        }
        let chunk = max(chunkIndex(startingAfter: key) - 1, 0)
        chunks[chunk].insert(key, at: lowerBound(of: key, in: chunk))
        if chunks[chunk].count > Self.chunkKeysMax { split(chunk) }
    }

    /// Removes a key if it is there.
    mutating func remove(_ key: [UInt8]) {
        let chunk = chunkIndex(startingAfter: key) - 1
        guard chunk >= 0 else { return }
        let index = lowerBound(of: key, in: chunk)
        guard index < chunks[chunk].count, chunks[chunk][index] == key else { return }
        chunks[chunk].remove(at: index)
        count -= 1
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// True when the key is there.
    func contains(_ key: [UInt8]) -> Bool {
        let chunk = chunkIndex(startingAfter: key) - 1
        guard chunk >= 0 else { return false }
        let index = lowerBound(of: key, in: chunk)
        return index < chunks[chunk].count && chunks[chunk][index] == key
    }

    /// Calls `body` with the keys from `lower` up to but not including `upper`, until it returns false.
    func forEach(from lower: [UInt8], upTo upper: [UInt8], descending: Bool = false, _ body: ([UInt8]) -> Bool) {
        if descending { forEachDescending(lower, upper, body) } else { forEachAscending(lower, upper, body) }
    }

    private func forEachAscending(_ lower: [UInt8], _ upper: [UInt8], _ body: ([UInt8]) -> Bool) {
        var chunk = max(chunkIndex(startingAfter: lower) - 1, 0)
        guard chunk < chunks.count else { return }
        var index = lowerBound(of: lower, in: chunk)
        while chunk < chunks.count {
            while index < chunks[chunk].count {
                let key = chunks[chunk][index]
                guard precedes(key, upper), body(key) else { return }
                index += 1
            }
            chunk += 1
            index = 0
        }
    }

    private func forEachDescending(_ lower: [UInt8], _ upper: [UInt8], _ body: ([UInt8]) -> Bool) {
        var chunk = chunkIndex(startingAfter: upper) - 1
        guard chunk >= 0 else { return }
        var index = lowerBound(of: upper, in: chunk) - 1
        while true {
            while index >= 0 {
                let key = chunks[chunk][index]
                guard !precedes(key, lower), body(key) else { return }
                index -= 1
            }
            chunk -= 1
            guard chunk >= 0 else { return }
            index = chunks[chunk].count - 1
        }
    }

    /// Splits in the middle; at the end of the list near its end, so that ascending insertions leave full chunks.
    private mutating func split(_ chunk: Int) {
        let keys = chunks[chunk]
        let middle = chunk == chunks.count - 1 ? keys.count * 7 / 8 : keys.count / 2
        chunks[chunk] = Array(keys[..<middle])
        chunks.insert(Array(keys[middle...]), at: chunk + 1)
    }

    /// The number of chunks whose first key is not greater than `key`.
    private func chunkIndex(startingAfter key: [UInt8]) -> Int {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if precedes(key, chunks[middle][0]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The position of the first key in a chunk that is not less than `key`.
    private func lowerBound(of key: [UInt8], in chunk: Int) -> Int {
        var low = 0
        var high = chunks[chunk].count
        while low < high {
            let middle = (low + high) / 2
            if precedes(chunks[chunk][middle], key) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// True when `left` comes before `right` in the order of their bytes.
private func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let common = min(left.count, right.count)
    for index in 0..<common where left[index] != right[index] { return left[index] < right[index] }
    return left.count < right.count
}
