internal import FunctionKit

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
    }

    private let file: any DiskFile
    private var buffer: [UInt8] = []
    /// Where the next line begins in the buffer.
    private var start = 0
    /// Where the buffer begins in the file.
    private var bufferOffset = 0
    private var isAtEnd = false

    private static let chunkBytes = 1 << 20

    /// Reads `file` from its beginning.
    init(_ file: any DiskFile) { self.file = file }

    /// The next line; nil at the end.
    mutating func next() throws(DiskError) -> Line? {
        let offset = bufferOffset + start
        var searched = start
        var isOverlong = false
        while true {
            if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
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
