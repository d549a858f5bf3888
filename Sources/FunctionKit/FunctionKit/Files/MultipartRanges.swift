/// Several parts of a file as one body, `multipart/byteranges` (RFC 9110, section 14.6).
struct MultipartRanges: Sendable {
    private enum Piece {
        case text([UInt8])
        case region(FileRegion)

        var length: Int {
            switch self {
            case .text(let bytes): bytes.count
            case .region(let region): region.length
            }
        }
    }

    /// The value of the answer's `Content-Type`.
    let mediaType: String
    private let pieces: [Piece]

    /// - Parameter boundary: unknown to whoever made the file, as its bytes are not searched for it.
    init(_ file: OpenFile, _ parts: [Range<Int>], mediaType: String, boundary: String) {
        self.mediaType = "multipart/byteranges; boundary=\(boundary)"
        var pieces: [Piece] = []
        for part in parts {
            let head =
                "\r\n--\(boundary)\r\nContent-Type: \(mediaType)\r\nContent-Range: "
                + "\(contentRange(part, of: file.byteCount))\r\n\r\n"
            pieces.append(.text(Array(pieces.isEmpty ? head.utf8.dropFirst(2) : head.utf8[...])))
            pieces.append(.region(FileRegion(file, part)))
        }
        self.pieces = pieces + [.text(Array("\r\n--\(boundary)--\r\n".utf8))]
    }

    /// The body, read from the file bit by bit.
    var body: HTTPBody {
        let pieces = pieces
        let place = LockedState((piece: 0, position: 0))
        return HTTPBody(length: pieces.reduce(0) { $0 + $1.length }) {
            let (piece, position) = place.withLock { $0 }
            guard piece < pieces.count else { return nil }
            switch pieces[piece] {
            case .text(let bytes):
                place.withLock { $0 = (piece + 1, 0) }
                return bytes
            case .region(let region):
                let bytes = try region.read(at: position)
                let end = position + bytes.count
                place.withLock { $0 = end < region.length ? (piece, end) : (piece + 1, 0) }
                return bytes
            }
        }
    }
}

/// The value of `Content-Range` for a part with at least one byte: `bytes 0-4/10`.
func contentRange(_ part: Range<Int>, of length: Int) -> String {
    "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(length)"
}
