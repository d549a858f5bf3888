/// Decodes the chunked transfer coding (RFC 9112, section 7.1), strictly; a value type that takes bytes in any pieces.
///
/// Extensions are skipped and trailers checked and dropped, both within bounds.
struct ChunkedDecoder {
    private enum State {
        case size, extension_, sizeLineFeed, data, dataReturn, dataLineFeed
        case trailerStart, trailerName, trailerValue, trailerLineFeed, finalLineFeed, done
    }

    private var state = State.size
    private var size = 0
    private var digitCount = 0
    private var lineLength = 0
    private var trailerLength = 0
    /// Bytes of size lines so far beyond what the content justifies.
    private var excess = 0
    private let lineBytesMax: Int
    private let trailerBytesMax: Int
    /// Content bytes that may still be announced.
    private var contentBytesLeft: Int

    init(lineBytesMax: Int, trailerBytesMax: Int, contentBytesMax: Int) {
        self.lineBytesMax = lineBytesMax
        self.trailerBytesMax = trailerBytesMax
        contentBytesLeft = contentBytesMax
    }

    /// How many bytes the size lines of a body may have in all beyond 16 for each, and beyond two for each byte of content: without this
    /// bound a body of many small chunks with long extensions would be read that is a multiple of what bodies may be.
    static let excessBytesMax = 16_384

    /// Whether the last chunk and the trailers have been read.
    var isDone: Bool { state == .done }

    /// Decodes bytes from `position` until they end or the body does, and appends the content to `content`.
    ///
    /// - Returns: the position behind the last byte that was read.
    mutating func decode(
        _ bytes: Span<UInt8>,
        from position: Int,
        into content: inout [UInt8]
    ) throws(RequestRefusal) -> Int {
        var position = position
        while position < bytes.count, state != .done {
            if state == .data {
                let count = min(size, bytes.count - position)
                bytes.extracting(position..<position + count).withUnsafeBufferPointer { content.append(contentsOf: $0) }
                position += count
                size -= count
                if size == 0 { state = .dataReturn }
            } else {
                try step(bytes[position])
                position += 1
            }
        }
        return position
    }

    private mutating func step(_ byte: UInt8) throws(RequestRefusal) {
        switch state {
        case .size, .extension_, .sizeLineFeed: try stepInSizeLine(byte)
        case .dataReturn:
            try expect(byte, carriageReturn)
            state = .dataLineFeed
        case .dataLineFeed:
            try expect(byte, lineFeed)
            (state, size, digitCount, lineLength) = (.size, 0, 0, 0)
        case .data, .done: break
        default: try stepInTrailer(byte)
        }
    }

    private mutating func stepInSizeLine(_ byte: UInt8) throws(RequestRefusal) {
        lineLength += 1
        guard lineLength <= lineBytesMax else { throw .malformed("A chunk's size line is too long.") }
        switch state {
        case .size:
            if let digit = hexDigit(byte) {
                digitCount += 1
                // 15 digits fit an Int; whatever is that large exceeds the body's bound long before.
                guard digitCount <= 15 else { throw .malformed("A chunk's size is too large.") }
                size = size << 4 | digit
            } else if digitCount > 0, byte == carriageReturn {
                state = .sizeLineFeed
            } else if digitCount > 0, byte == UInt8(ascii: ";") {
                state = .extension_
            } else {
                throw .malformed("A chunk's size is malformed.")
            }
        case .extension_:
            if byte == carriageReturn {
                state = .sizeLineFeed
            } else if !ByteClass.isFieldValue(byte) {
                throw .malformed("A chunk's extension is malformed.")
            }
        default:
            try expect(byte, lineFeed)
            // Refused when announced: so neither what follows nor where it is cut decides on the answer.
            guard size <= contentBytesLeft else { throw .bodyTooLarge }
            contentBytesLeft -= size
            excess = max(0, excess + lineLength - 16 - 2 * size)
            guard excess <= Self.excessBytesMax else { throw .malformed("The chunks' extensions are too long.") }
            state = size == 0 ? .trailerStart : .data
        }
    }

    private mutating func stepInTrailer(_ byte: UInt8) throws(RequestRefusal) {
        trailerLength += 1
        guard trailerLength <= trailerBytesMax else { throw .headerTooLarge }
        switch state {
        case .trailerStart:
            if byte == carriageReturn {
                state = .finalLineFeed
            } else if ByteClass.isToken(byte) {
                state = .trailerName
            } else {
                throw .malformed("A trailer field is malformed.")
            }
        case .trailerName:
            if byte == UInt8(ascii: ":") {
                state = .trailerValue
            } else if !ByteClass.isToken(byte) {
                throw .malformed("A trailer field is malformed.")
            }
        case .trailerValue:
            if byte == carriageReturn {
                state = .trailerLineFeed
            } else if !ByteClass.isFieldValue(byte) {
                throw .malformed("A trailer field is malformed.")
            }
        case .trailerLineFeed:
            try expect(byte, lineFeed)
            state = .trailerStart
        default:
            try expect(byte, lineFeed)
            state = .done
        }
    }

    private func expect(_ byte: UInt8, _ expected: UInt8) throws(RequestRefusal) {
        guard byte == expected else { throw .malformed("The chunked body is malformed.") }
    }

    private func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
