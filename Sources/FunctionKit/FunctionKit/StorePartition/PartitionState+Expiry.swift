extension PartitionState {
    /// Calls `body` with the documents whose moment has come, the longest expired first, until it returns false.
    func forEachExpired(at now: Timestamp, _ body: (DocumentKey) -> Bool) {
        expiries.forEach(from: [], upTo: momentKey(now) + [IndexKey.afterAll]) { key in
            guard let documentKey = documentKey(ofExpiry: key) else { return true }
            return body(documentKey)
        }
    }

    /// When the next document expires; nil when none does.
    public var nextExpiry: Timestamp? {
        var result: Timestamp?
        expiries.forEach(from: [], upTo: [IndexKey.afterAll, IndexKey.afterAll]) { key in
            let bits = key[..<8].reduce(0) { $0 << 8 | UInt64($1) }
            result = Timestamp(milliseconds: Int64(bitPattern: bits ^ 1 << 63))
            return false
        }
        return result
    }

    /// The moment in eight bytes that sort as moments do, then the collection, a zero and the id.
    func expiryKey(_ key: DocumentKey, _ moment: Timestamp) -> [UInt8] {
        momentKey(moment) + Array(key.collection.description.utf8) + [0] + Array(key.id.description.utf8)
    }

    private func momentKey(_ moment: Timestamp) -> [UInt8] {
        let bits = UInt64(bitPattern: moment.milliseconds) ^ 1 << 63
        return withUnsafeBytes(of: bits.bigEndian) { Array($0) }
    }

    private func documentKey(ofExpiry key: [UInt8]) -> DocumentKey? {
        let rest = key.dropFirst(8)
        guard let zero = rest.firstIndex(of: 0),
            let collection = try? CollectionName(String(decoding: rest[..<zero], as: UTF8.self)),
            let id = try? DocumentID(String(decoding: rest[(zero + 1)...], as: UTF8.self))
        else { return nil }
        return DocumentKey(collection, id)
    }
}
