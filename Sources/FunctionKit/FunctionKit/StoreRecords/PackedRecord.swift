/// A document's record in 36 bytes. The moment of expiry, which few documents have, is kept apart.
struct PackedRecord: Sendable {
    /// How many words it has in a saved state.
    static let wordCount = 9

    /// offset, low half
    private var word0: UInt32
    /// checksum
    private var word1: UInt32
    /// revision, low half
    private var word2: UInt32
    /// createdAt, low half
    private var word3: UInt32
    /// updatedAt, low half
    private var word4: UInt32
    /// file, and 16 more bits of the revision
    private var word5: UInt32
    /// length, and 8 more bits of the offset
    private var word6: UInt32
    /// 24 more bits of createdAt, and the flags
    private var word7: UInt32
    /// 24 more bits of updatedAt
    private var word8: UInt32

    private static let expires: UInt32 = 1
    private static let free: UInt32 = 2

    /// The revisions that fit.
    static let revisionMax: Int64 = 1 << 48 - 1

    init(_ record: DocumentRecord) {
        let location = record.location
        let revision = UInt64(bitPattern: record.revision.rawValue)
        let createdAt = Self.bits(record.createdAt)
        let updatedAt = Self.bits(record.updatedAt)
        word0 = UInt32(truncatingIfNeeded: location.offset)
        word1 = location.checksum
        word2 = UInt32(truncatingIfNeeded: revision)
        word3 = UInt32(truncatingIfNeeded: createdAt)
        word4 = UInt32(truncatingIfNeeded: updatedAt)
        word5 = UInt32(truncatingIfNeeded: location.file) & 0xFFFF | UInt32(truncatingIfNeeded: revision >> 32) << 16
        word6 =
            UInt32(truncatingIfNeeded: location.count) & 0xFF_FFFF
            | UInt32(truncatingIfNeeded: location.offset >> 32) << 24
        word7 =
            UInt32(truncatingIfNeeded: createdAt >> 32) & 0xFF_FFFF
            | (record.expiresAt == nil ? 0 : Self.expires) << 24
        word8 = UInt32(truncatingIfNeeded: updatedAt >> 32) & 0xFF_FFFF
    }

    /// A record that is not used; `next` is the number of another one.
    init(freeBefore next: UInt32) {
        self.init(words: (next, 0, 0, 0, 0, 0, 0, Self.free << 24, 0))
    }

    typealias Words = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

    init(words: Words) {
        (word0, word1, word2, word3, word4, word5, word6, word7, word8) = words
    }

    var words: Words { (word0, word1, word2, word3, word4, word5, word6, word7, word8) }

    var isFree: Bool { word7 >> 24 & Self.free != 0 }
    var expires: Bool { word7 >> 24 & Self.expires != 0 }
    var nextFree: UInt32 { word0 }
    var file: Int { Int(word5 & 0xFFFF) }
    var count: Int { Int(word6 & 0xFF_FFFF) }
    var offset: Int { Int(word0) | Int(word6 >> 24) << 32 }
    var revision: Int64 { Int64(word2) | Int64(word5 >> 16) << 32 }

    var location: BodyLocation {
        BodyLocation(file: file, offset: offset, count: count, checksum: word1)
    }

    mutating func relocate(_ location: BodyLocation) {
        word0 = UInt32(truncatingIfNeeded: location.offset)
        word1 = location.checksum
        word5 = UInt32(truncatingIfNeeded: location.file) & 0xFFFF | word5 & 0xFFFF_0000
        word6 =
            UInt32(truncatingIfNeeded: location.count) & 0xFF_FFFF
            | UInt32(truncatingIfNeeded: location.offset >> 32) << 24
    }

    func record(expiresAt: Timestamp?) -> DocumentRecord {
        DocumentRecord(
            revision: Revision(rawValue: revision),
            createdAt: Self.time(word3, word7),
            updatedAt: Self.time(word4, word8),
            expiresAt: expiresAt,
            location: location
        )
    }

    /// A moment as 56 bits: a million years around 1970, to which others are cut.
    private static func bits(_ moment: Timestamp) -> UInt64 {
        let bound: Int64 = 1 << 55 - 1
        return UInt64(bitPattern: min(max(moment.milliseconds, -bound), bound))
    }

    private static func time(_ low: UInt32, _ high: UInt32) -> Timestamp {
        let bits = UInt64(low) | UInt64(high & 0xFF_FFFF) << 32
        return Timestamp(milliseconds: Int64(bitPattern: bits << 8) >> 8)
    }
}
