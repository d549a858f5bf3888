/// The body of a message: bytes in memory, a part of an open file, or a source that is asked for one chunk after another.
///
/// A source is asked for its next chunk only when the last one has been passed on, so a slow reader slows the writer
/// (backpressure) and memory stays constant. A streamed body can be read once.
public struct HTTPBody: Sendable {
    /// Gives the next chunk, nil at the end; throws when the body cannot be completed.
    public typealias Source = @Sendable () async throws -> [UInt8]?

    enum Storage: Sendable {
        case bytes([UInt8])
        case source(Source)
        /// Boxed, so that every other body stays as small as it is without files.
        indirect case file(FileRegion)
    }

    let storage: Storage

    /// The length in bytes, where it is known before the body is read.
    public let length: Int?

    /// No body.
    public static let empty = HTTPBody([])

    /// Makes a body of bytes in memory.
    public init(_ bytes: [UInt8]) {
        storage = .bytes(bytes)
        length = bytes.count
    }

    /// Makes a body of the UTF-8 bytes of a text.
    public init(_ text: String) { self.init(Array(text.utf8)) }

    /// Makes a streamed body.
    ///
    /// - Parameters:
    ///   - length: the exact number of bytes, where known; without it the body is sent in chunks.
    ///   - source: asked for one chunk after another, never twice at the same time; an empty chunk is passed over.
    public init(length: Int? = nil, source: @escaping Source) {
        storage = .source(source)
        self.length = length
    }

    /// Makes a body of a whole open file, as long as it was when it was opened.
    ///
    /// The server sends it without reading it into memory (`sendfile(2)`). When the file has become shorter meanwhile the
    /// connection breaks off, so that the receiver can tell; what was added to the file is not sent.
    public init(_ file: OpenFile) { self.init(FileRegion(file)) }

    /// Makes a body of a part of an open file.
    public init(_ region: FileRegion) {
        storage = .file(region)
        length = region.length
    }

    /// Makes a streamed body of the elements of an asynchronous sequence, which is iterated once.
    public init<Chunks: AsyncSequence & Sendable>(length: Int? = nil, chunks: Chunks) where Chunks.Element == [UInt8] {
        let reader = SequenceReader(chunks)
        self.init(length: length) { try await reader.next() }
    }

    /// The bytes, when they are in memory; nil for a streamed body and for a file.
    public var bytes: [UInt8]? {
        guard case .bytes(let bytes) = storage else { return nil }
        return bytes
    }

    /// The part of a file that the body is; nil for any other body.
    public var file: FileRegion? {
        guard case .file(let region) = storage else { return nil }
        return region
    }

    /// True when the bytes come from a source, which can be read once.
    public var isStreamed: Bool {
        guard case .source = storage else { return false }
        return true
    }

    /// True when the body is known to have no bytes.
    public var isEmpty: Bool { length == 0 }

    /// A source over the body, whichever form it has.
    public func makeSource() -> Source {
        switch storage {
        case .source(let source): return source
        case .bytes(let bytes):
            let once = OneShot(bytes.isEmpty ? nil : bytes)
            return { await once.take() }
        case .file(let region): return region.makeSource()
        }
    }

    /// Reads the whole body into memory.
    ///
    /// A streamed body that was read before gives what its source gives then, which is nothing for most.
    ///
    /// - Parameter limit: the most bytes to accept; a body of exactly as many is accepted.
    /// - Throws: ``HTTPError`` with 413 when there are more, or what the source throws.
    public func collect(upTo limit: Int = HTTPBody.collectBytesMax) async throws -> [UInt8] {
        guard length ?? 0 <= limit else { throw HTTPError.bodyTooLarge(limit: limit) }
        switch storage {
        case .bytes(let bytes): return bytes
        case .source, .file:
            let source = makeSource()
            var result: [UInt8] = []
            // A declared length is somebody's claim; beyond this bound memory follows what really arrives.
            result.reserveCapacity(min(max(length ?? 0, 0), HTTPBody.collectBytesMax))
            while let chunk = try await source() {
                guard chunk.count <= limit - result.count else { throw HTTPError.bodyTooLarge(limit: limit) }
                result.append(contentsOf: chunk)
            }
            return result
        }
    }

    /// The most bytes that ``collect(upTo:)`` reads unless told otherwise: 1 MiB, enough for any JSON document here.
    public static let collectBytesMax = 1 << 20
}

/// Hands out one value once.
private actor OneShot {
    private var value: [UInt8]?

    init(_ value: [UInt8]?) { self.value = value }

    func take() -> [UInt8]? {
        defer { value = nil }
        return value
    }
}
