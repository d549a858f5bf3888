/// A part of an open file, as a body or on its way into one.
public struct FileRegion: Sendable {
    /// The file, which stays open as long as this is held.
    public let file: OpenFile
    /// Where the part begins.
    public let offset: Int
    /// How many bytes it has.
    public let length: Int

    /// The whole file, as long as it was when it was opened.
    public init(_ file: OpenFile) {
        self.file = file
        offset = 0
        length = file.byteCount
    }

    /// A part of a file.
    ///
    /// - Throws: ``FileError/Code/outside`` when it does not lie within the file as it was when it was opened.
    public init(_ file: OpenFile, offset: Int, length: Int) throws(FileError) {
        guard offset >= 0, length >= 0, offset <= file.byteCount, length <= file.byteCount - offset else {
            throw FileError(
                .outside,
                "\(length) bytes from \(offset) on do not lie within a file of \(file.byteCount) bytes."
            )
        }
        self.file = file
        self.offset = offset
        self.length = length
    }

    /// Without a check, for parts that are known to lie within the file.
    init(_ file: OpenFile, _ range: Range<Int>) {
        self.file = file
        offset = range.lowerBound
        length = range.count
    }

    /// How many bytes a reader gets at once: 256 KiB.
    public static let chunkBytes = 262_144

    /// Reads the bytes from `position` (0 for the first of the region) on: at most ``chunkBytes``, never more than the region has.
    ///
    /// - Throws: ``FileError/Code/truncated`` when the file has become too short, ``FileError/Code/system`` when the disk fails.
    func read(at position: Int) throws(FileError) -> [UInt8] {
        let bytes = try file.read(at: offset + position, upTo: min(Self.chunkBytes, length - position))
        guard !bytes.isEmpty || position >= length else {
            throw FileError(.truncated, "A file of \(file.byteCount) bytes has become shorter while it was being sent.")
        }
        return bytes
    }

    /// A source over the bytes, from the first one.
    func makeSource() -> HTTPBody.Source {
        let position = LockedState(0)
        return {
            let start = position.withLock { $0 }
            guard start < length else { return nil }
            let bytes = try read(at: start)
            position.withLock { $0 = start + bytes.count }
            return bytes
        }
    }
}
