import CZlib

/// Why bytes are no gzip stream.
struct InflateFailure: Error { var code: CInt }

/// Reads a gzip stream with zlib itself.
///
/// - Parameter isWhole: whether the stream has to end with the bytes.
func inflated(_ bytes: [UInt8], isWhole: Bool = true) throws -> [UInt8] {
    var stream = z_stream()
    let size = CInt(MemoryLayout<z_stream>.size)
    return try withUnsafeMutablePointer(to: &stream) { stream in
        guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
            throw InflateFailure(code: Z_MEM_ERROR)
        }
        defer { inflateEnd(stream) }
        var input = bytes
        return try input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = uInt(input.count)
            var result: [UInt8] = []
            while true {
                var code = Z_OK
                result += [UInt8](unsafeUninitializedCapacity: 1 << 16) { output, count in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = uInt(output.count)
                    code = inflate(stream, Z_NO_FLUSH)
                    count = output.count - Int(stream.pointee.avail_out)
                }
                if code == Z_STREAM_END, stream.pointee.avail_in == 0 { return result }
                if !isWhole, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 { return result }
                guard code == Z_OK else { throw InflateFailure(code: code) }
            }
        }
    }
}
