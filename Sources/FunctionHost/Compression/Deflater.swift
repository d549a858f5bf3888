internal import CZlib

/// One gzip stream in the making (RFC 1952): about 256 KiB of zlib's memory.
///
/// `@unchecked Sendable`: used by one stream at a time, which asks for one piece after another. The state lies in memory of its own,
/// because zlib keeps a pointer to it, and is ended with this object.
final class Deflater: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil when zlib has no memory.
    init?(level: Int) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for a gzip header and trailer; 8 is zlib's own default of memory.
        let result = deflateInit2_(
            stream,
            CInt(level),
            Z_DEFLATED,
            15 + 16,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size)
        )
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Makes the state ready for another stream.
    func reset() { deflateReset(stream) }

    /// What a piece adds to the stream.
    ///
    /// - Parameter isLast: whether the stream ends with it; otherwise all of it is let out at once, so that its reader need not wait for
    ///   the next piece.
    func compress(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
        var result: [UInt8] = []
        // zlib counts in 32 bits.
        var rest = bytes[...]
        while rest.count > Self.pieceBytesMax {
            result += compress(rest.prefix(Self.pieceBytesMax), Z_NO_FLUSH)
            rest = rest.dropFirst(Self.pieceBytesMax)
        }
        let last = compress(rest, isLast ? Z_FINISH : Z_SYNC_FLUSH)
        return result.isEmpty ? last : result + last
    }

    private static let pieceBytesMax = 1 << 30

    private func compress(_ bytes: ArraySlice<UInt8>, _ flush: CInt) -> [UInt8] {
        var result: [UInt8] = []
        var bound = Int(deflateBound(stream, uLong(bytes.count))) + 16
        bytes.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = uInt(input.count)
            var isDone = false
            while !isDone {
                let piece = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = uInt(output.count)
                    let code = deflate(stream, flush)
                    count = output.count - Int(stream.pointee.avail_out)
                    // Room that is left over is zlib's sign that there is nothing more to come.
                    isDone = flush == Z_FINISH ? code != Z_OK : stream.pointee.avail_out > 0 || code != Z_OK
                }
                if result.isEmpty { result = piece } else { result += piece }
                bound = 4096
            }
            stream.pointee.next_in = nil
        }
        return result
    }
}
