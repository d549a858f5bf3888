import FunctionKit
import HTTPServer

/// How a line of the access log looks.
package enum AccessLogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case json
    /// Apache's combined format, with microseconds and the request's name behind it.
    case combined
}

/// Makes the lines of the access log. What a client chose is cut and escaped: it can neither end a line nor lengthen it beyond
/// ``bytesMax``.
struct AccessLine {
    /// The longest line, in bytes: 12 KiB, where every byte that is kept needs its longest escape.
    static let bytesMax = 12 << 10
    /// How many bytes of a text are kept: the path, the agent, the referrer, the name and the method.
    private enum Kept {
        static let path = 1024
        static let agent = 256
        static let referrer = 512
        static let name = 64
    }

    private(set) var bytes: [UInt8] = []

    /// - Parameter redact: hides secrets in a text of the client's.
    init(_ entry: AccessEntry, at time: Timestamp, format: AccessLogFormat, redact: (String) -> String) {
        bytes.reserveCapacity(256)
        func text(_ text: String, _ kept: Int) -> String { cutText(redact(text), to: kept) }
        let path = text(entry.path, Kept.path)
        let agent = text(entry.userAgent, Kept.agent)
        let referrer = text(Self.withoutSecretParts(entry.referrer), Kept.referrer)
        let name = text(entry.requestID, Kept.name)
        let method = cutText(entry.method, to: Kept.name)
        switch format {
        case .json:
            append("{\"time\":\"\(time)\",\"level\":\"information\",\"category\":\"Host.Access\",\"remote_address\":")
            appendJSONString(entry.remoteAddress, to: &bytes)
            append(",\"method\":")
            appendJSONString(method, to: &bytes)
            append(",\"path\":")
            appendJSONString(path, to: &bytes)
            append(
                ",\"status\":\(entry.status),\"bytes\":\(entry.bodyBytes),\"duration_us\":\(Self.microseconds(entry))"
            )
            append(",\"complete\":\(entry.isComplete),\"request_id\":")
            appendJSONString(name, to: &bytes)
            append(",\"user_agent\":")
            appendJSONString(agent, to: &bytes)
            append(",\"referrer\":")
            appendJSONString(referrer, to: &bytes)
            append("}\n")
        case .combined:
            append("\(entry.remoteAddress) - - [\(Self.commonTime(time))] ")
            appendQuoted(method.isEmpty ? "" : "\(method) \(path) HTTP/1.\(entry.minorVersion)")
            append(" \(entry.status) \(entry.bodyBytes) ")
            appendQuoted(referrer)
            append(" ")
            appendQuoted(agent)
            append(" \(Self.microseconds(entry)) ")
            appendQuoted(name)
            append("\n")
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Apache's form of a text in quotes: `-` for none; quotes, backslashes and all that is not printable ASCII are escaped.
    private mutating func appendQuoted(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        if text.isEmpty { bytes.append(UInt8(ascii: "-")) }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x20..<0x7F: bytes.append(byte)
            default: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func microseconds(_ entry: AccessEntry) -> Int64 {
        let (seconds, attoseconds) = entry.duration.components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    /// An address without its query and fragment, where keys travel, and without a name and password before its host.
    static func withoutSecretParts(_ address: String) -> String {
        let end = address.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? address.endIndex
        let plain = address[..<end]
        guard let scheme = plain.firstRange(of: "://") else { return String(plain) }
        let rest = plain[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return String(plain) }
        return String(plain[..<scheme.upperBound]) + rest[rest.index(after: at)...]
    }

    /// `28/Nov/2026:22:30:13 +0000`.
    static func commonTime(_ time: Timestamp) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let civil = CivilTime(secondsSinceEpoch: time.seconds)
        let day = "\(padded(civil.day, width: 2))/\(months[civil.month - 1])/\(padded(civil.year, width: 4))"
        return day + [civil.hour, civil.minute, civil.second].map { ":" + padded($0, width: 2) }.joined() + " +0000"
    }
}

/// The beginning of a text, at most so many bytes; half a character at the end becomes the replacement character.
private func cutText(_ text: String, to bytesMax: Int) -> String {
    text.utf8.count <= bytesMax ? text : String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self)
}
