/// Where the body of a document lies: in which of a tenant's files, from which byte on, and how many bytes.
///
/// An engine that keeps bodies elsewhere numbers them as it likes. A location is packed into 14 bytes for each document, which
/// bounds its parts.
public struct BodyLocation: Sendable, Hashable {
    /// The greatest number of a file.
    public static let fileMax = Int(UInt16.max)
    /// The greatest offset: one terabyte less one.
    public static let offsetMax = 1 << 40 - 1
    /// The greatest length.
    public static let countMax = 1 << 24 - 1

    /// The number of the file, 0 to ``fileMax``.
    public var file: Int
    /// The first byte's offset in the file, 0 to ``offsetMax``.
    public var offset: Int
    /// How many bytes, 0 to ``countMax``.
    public var count: Int
    /// The checksum of the bytes, of whatever kind the engine uses.
    public var checksum: UInt32

    /// Makes a location.
    ///
    /// - Precondition: the numbers are in their ranges; an engine starts a new file before it reaches one.
    public init(file: Int, offset: Int, count: Int, checksum: UInt32) {
        precondition((0...Self.fileMax).contains(file), "a file number beyond its range")
        precondition((0...Self.offsetMax).contains(offset), "an offset beyond its range")
        precondition((0...Self.countMax).contains(count), "a length beyond its range")
        self.file = file
        self.offset = offset
        self.count = count
        self.checksum = checksum
    }

    /// The location of a body that has no place yet.
    static func unplaced(_ body: [UInt8]) -> BodyLocation {
        BodyLocation(file: 0, offset: 0, count: body.count, checksum: 0)
    }
}
