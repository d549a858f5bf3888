package import FunctionKit

/// Cuts a stream of bytes into lines, with a bound on the length of one.
package struct LineSplitter {
    /// The longest line: a document at its bound, and a little more for its id, its times and what is put around it.
    package static let lineBytesMax = StoreLimits.documentBytesMax + 4096

    private var buffer: [UInt8] = []
    private var position = 0
    private var searched = 0

    /// Begins with nothing.
    package init() {}

    /// Adds the next bytes of the stream.
    package mutating func append(_ bytes: [UInt8]) {
        buffer.removeFirst(position)
        searched -= position
        position = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next whole line without its line break; nil when more bytes are needed.
    ///
    /// - Throws: ``StoreError`` with `tooLarge` for a line that is longer than ``lineBytesMax``.
    package mutating func next() throws(StoreError) -> [UInt8]? {
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            guard buffer.count - position <= Self.lineBytesMax else { throw Self.tooLong }
            return nil
        }
        defer {
            position = end + 1
            searched = position
        }
        guard end - position <= Self.lineBytesMax else { throw Self.tooLong }
        return Array(buffer[position..<end])
    }

    /// What stands behind the last line break; nil when nothing does.
    package mutating func rest() -> [UInt8]? {
        defer { self = LineSplitter() }
        return position < buffer.count ? Array(buffer[position...]) : nil
    }

    private static let tooLong = StoreError(.tooLarge, "The line is longer than \(lineBytesMax) bytes.")
}
