internal import FunctionKit
internal import Glibc

/// Reads a log line by line through a bounded buffer.
struct LogReader {
    /// One line, or what stands behind the last newline.
    struct Line {
        /// Where it begins in the file.
        var offset: Int
        /// Its bytes without the newline; empty for one that is longer than any line may be.
        var bytes: [UInt8]
        /// False for what stands behind the last newline.
        var isTerminated: Bool
        /// True for empty lines, all that stand together.
        var isBlank = false
    }

    private let file: any DiskFile
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    /// Where the buffer begins in the file.
    private var bufferOffset = 0
    private var isAtEnd = false

    private static let chunkBytes = 1 << 20

    /// Reads `file` from its beginning, or from the beginning of a line.
    init(_ file: any DiskFile, from offset: Int = 0) {
        self.file = file
        bufferOffset = offset
    }

    /// The next line; nil at the end.
    mutating func next() throws(DiskError) -> Line? {
        if let blank = try skipNewlines() { return blank }
        let offset = bufferOffset + start
        var searched = start
        var isOverlong = false
        while true {
            if let newline = Self.newline(in: buffer, from: searched) {
                let bytes = isOverlong ? [] : Array(buffer[start..<newline])
                start = newline + 1
                return Line(offset: offset, bytes: bytes, isTerminated: true)
            }
            if isAtEnd {
                let bytes = isOverlong ? [] : Array(buffer[start...])
                let isEmpty = bufferOffset + buffer.count == offset
                start = buffer.count
                return isEmpty ? nil : Line(offset: offset, bytes: bytes, isTerminated: false)
            }
            if buffer.count - start > LogLine.bytesMax {
                isOverlong = true
                start = buffer.count
            }
            searched = buffer.count - start
            try fill()
        }
    }

    private mutating func skipNewlines() throws(DiskError) -> Line? {
        let offset = bufferOffset + start
        while true {
            start = buffer[start...].firstIndex { $0 != UInt8(ascii: "\n") } ?? buffer.count
            guard start == buffer.count, !isAtEnd else { break }
            try fill()
        }
        guard bufferOffset + start > offset else { return nil }
        return Line(offset: offset, bytes: [], isTerminated: true, isBlank: true)
    }

    /// `memchr`, since this looks at every byte of a log.
    private static func newline(in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count,
                let found = memchr(base + start, 0x0A, bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Drops what has been read and reads on.
    private mutating func fill() throws(DiskError) {
        buffer.removeSubrange(..<start)
        bufferOffset += start
        start = 0
        let chunk = try file.readFully(at: bufferOffset + buffer.count, count: Self.chunkBytes)
        isAtEnd = chunk.count < Self.chunkBytes
        buffer.append(contentsOf: chunk)
    }
}
