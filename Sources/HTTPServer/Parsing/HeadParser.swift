import CLLHTTP
import FunctionKit

/// Finds and checks the header of one request after another, by llhttp in strict mode and by ``RequestHead``'s own checks.
///
/// Bytes may arrive in any pieces; the answer does not depend on where they were cut.
struct HeadParser {
    enum Progress {
        /// More bytes are needed.
        case incomplete
        /// The header is `length` bytes long.
        case complete(RequestHead, length: Int)
        case refused(RequestRefusal)
    }

    private var parser = llhttp_t()
    private var collector: HeadCollector
    private var fedCount = 0
    private let lineBytesMax: Int
    private let headerBytesMax: Int

    init(limits: ConnectionLimits) {
        collector = HeadCollector(fieldCountMax: limits.headerCountMax)
        lineBytesMax = limits.requestLineBytesMax
        headerBytesMax = limits.headerBytesMax
        LLHTTPBridge.initialize(&parser)
    }

    /// Reads on in a header.
    ///
    /// - Parameter bytes: all bytes since the start of the header, those of earlier calls included.
    mutating func read(_ bytes: Span<UInt8>) -> Progress {
        if fedCount == 0, !bytes.isEmpty, !ByteClass.isToken(bytes[0]) {
            return .refused(.malformed("The request does not begin with a method."))
        }
        // llhttp would wait for the rest of what a client of HTTP/2 begins with, and the line is enough to refuse it.
        if let lineEnd = endOfPreface(bytes) {
            return end(.refused(feed(bytes, upTo: lineEnd) ?? .unsupportedVersion))
        }
        if !collector.isTargetComplete {
            if let refusal = feed(bytes, upTo: min(bytes.count, lineBytesMax)) { return end(.refused(refusal)) }
            if fedCount == lineBytesMax, !collector.isTargetComplete { return end(.refused(.targetTooLong)) }
        }
        let bytesMax = headBytesMax
        if !collector.isComplete, let refusal = feed(bytes, upTo: min(bytes.count, bytesMax)) {
            return end(.refused(refusal))
        }
        guard collector.isComplete else {
            if fedCount >= bytesMax { return end(.refused(.headerTooLarge)) }
            return .incomplete
        }
        do throws(RequestRefusal) {
            var builder = HeadBuilder(lineBytesMax: lineBytesMax, headerBytesMax: headerBytesMax)
            let head = try builder.build(bytes, collector)
            return end(.complete(head, length: builder.length))
        } catch {
            return end(.refused(error))
        }
    }

    /// Where the line ends by which a client of HTTP/2 begins (RFC 9113, section 3.4); nil for any other line, and before its end.
    private func endOfPreface(_ bytes: Span<UInt8>) -> Int? {
        let method: StaticString = "PRI "
        guard bytes.count > method.utf8CodeUnitCount,
            (0..<method.utf8CodeUnitCount).allSatisfy({ bytes[$0] == method.utf8Start[$0] })
        else { return nil }
        return (0..<min(bytes.count, lineBytesMax)).first { bytes[$0] == lineFeed }.map { $0 + 1 }
    }

    /// The bytes up to which a header is read: its request line, as far as that is known, its fields and the empty line.
    private var headBytesMax: Int {
        let lineBytes =
            collector.isTargetComplete ? collector.target.upperBound + " HTTP/1.1\r\n".utf8.count : lineBytesMax
        return lineBytes + headerBytesMax + 2
    }

    /// Makes the parser ready for the next request.
    private mutating func end(_ progress: Progress) -> Progress {
        fedCount = 0
        collector.reset()
        llhttp_reset(&parser)
        return progress
    }

    private mutating func feed(_ bytes: Span<UInt8>, upTo end: Int) -> RequestRefusal? {
        guard end > fedCount else { return nil }
        let (code, position) = LLHTTPBridge.execute(&parser, &collector, bytes, from: fedCount, to: end)
        fedCount = end
        switch code {
        case HPE_OK: return nil
        case HPE_PAUSED where collector.isComplete: return nil
        case HPE_USER where collector.hasTooManyFields, HPE_CB_HEADER_FIELD_COMPLETE where collector.hasTooManyFields:
            return .headerTooMany
        case HPE_INVALID_METHOD:
            return bytes[min(position, bytes.count - 1)].isTokenOrSpace
                ? .unknownMethod : .malformed("The method is malformed.")
        case HPE_PAUSED_H2_UPGRADE: return .unsupportedVersion
        case HPE_INVALID_VERSION:
            return namesOtherVersion(bytes, before: position)
                ? .unsupportedVersion : .malformed("The request line is malformed.")
        default: return Self.refusal(for: code)
        }
    }

    /// Whether the version that ends at `end` is well-formed but neither 1.0 nor 1.1.
    private func namesOtherVersion(_ bytes: Span<UInt8>, before end: Int) -> Bool {
        guard let slash = (0..<min(end, bytes.count)).last(where: { bytes[$0] == UInt8(ascii: "/") }),
            slash + 3 < bytes.count, slash + 3 <= end
        else { return false }
        let (major, dot, minor) = (bytes[slash + 1], bytes[slash + 2], bytes[slash + 3])
        guard ByteClass.isDigit(major), dot == UInt8(ascii: "."), ByteClass.isDigit(minor) else { return false }
        return major != UInt8(ascii: "1") || minor > UInt8(ascii: "1")
    }

    private static func refusal(for code: llhttp_errno_t) -> RequestRefusal {
        switch code {
        case HPE_INVALID_URL: .malformed("The request target is malformed.")
        case HPE_INVALID_CONSTANT: .malformed("The request line is malformed.")
        case HPE_INVALID_HEADER_TOKEN: .malformed("A header field is malformed.")
        case HPE_INVALID_CONTENT_LENGTH, HPE_UNEXPECTED_CONTENT_LENGTH:
            .malformed("The body's length is given in a way that is not allowed.")
        case HPE_INVALID_TRANSFER_ENCODING: .malformed("Transfer-Encoding is given in a way that is not allowed.")
        case HPE_CR_EXPECTED, HPE_LF_EXPECTED, HPE_STRICT: .malformed("A line does not end with CR LF.")
        default: .malformed("The request is malformed.")
        }
    }
}

extension UInt8 {
    fileprivate var isTokenOrSpace: Bool { ByteClass.isToken(self) || self == 0x20 }
}
