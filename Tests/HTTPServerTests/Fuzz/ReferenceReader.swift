import CLinux
import Glibc

/// Reads a client's bytes by the grammar of RFC 9112 in the plainest way: all of them at once, line by line, with nothing
/// taken from the server. What the server calls its responder with has to be what stands here.
struct ReferenceReader {
    struct Request {
        var method: [UInt8]
        var path: [UInt8]
        var query: [UInt8]?
        var fields: [(name: [UInt8], value: [UInt8])]
        var minorVersion: UInt8
        var body: [UInt8] = []
        var isBodyComplete = true
        var keepsAlive: Bool
        var expectsContinue: Bool
    }

    /// How the bytes end.
    enum End: Equatable {
        /// Behind a complete request, or before the first one.
        case between
        /// Inside a header; whether it is refused already is up to the server.
        case insideHead
        case insideBody
        /// With something that must be refused.
        case refused
        /// Behind a request after which the connection ends.
        case last
    }

    struct Limits {
        var lineBytes: Int
        var fieldBytes: Int
        var fieldCount: Int
        var bodyBytes: Int
        var chunkLineBytes: Int
        var trailerBytes: Int
    }

    private struct Refused: Error {}

    private(set) var requests: [Request] = []
    private(set) var end = End.between
    private let bytes: [UInt8]
    private let limits: Limits
    private var position = 0

    init(_ bytes: [UInt8], limits: Limits) {
        self.bytes = bytes
        self.limits = limits
        while readRequest() {}
    }

    /// Whether the header behind the requests, which is no request or is not complete, asks for no content.
    var isRestToHead: Bool { bytes[position...].starts(with: Array("HEAD ".utf8)) }

    private mutating func readRequest() -> Bool {
        if bytes[position...].starts(with: [13, 10]) { position += 2 }
        guard position < bytes.count else { return false }
        guard let length = headLength() else {
            end = .insideHead
            return false
        }
        do {
            let (request, framing) = try Self.head(Array(bytes[position..<position + length]), limits)
            position += length
            requests.append(request)
            requests[requests.count - 1].isBodyComplete = false
            guard try readBody(framing) else {
                end = .insideBody
                return false
            }
            requests[requests.count - 1].isBodyComplete = true
            if !request.keepsAlive { end = .last }
            return request.keepsAlive
        } catch {
            end = .refused
            return false
        }
    }

    private func headLength() -> Int? {
        guard bytes.count - position >= 4 else { return nil }
        for index in position...(bytes.count - 4) where Array(bytes[index..<index + 4]) == [13, 10, 13, 10] {
            return index + 4 - position
        }
        return nil
    }

    // MARK: Header

    private enum Framing { case length(Int), chunked }

    private static func head(_ bytes: [UInt8], _ limits: Limits) throws -> (Request, Framing) {
        var lines = try lines(of: bytes)
        let line = lines.removeFirst()
        guard line.count + 2 <= limits.lineBytes, lines.count <= limits.fieldCount,
            lines.reduce(0, { $0 + $1.count + 2 }) <= limits.fieldBytes
        else { throw Refused() }
        let words = line.split(separator: 32, omittingEmptySubsequences: false).map { Array($0) }
        guard words.count == 3, methods.contains(String(decoding: words[0], as: UTF8.self)) else { throw Refused() }
        let minor: UInt8 = words[2] == Array("HTTP/1.1".utf8) ? 1 : 0
        guard minor == 1 || words[2] == Array("HTTP/1.0".utf8) else { throw Refused() }
        var fields = try lines.map { try field($0, isTrailer: false) }
        let (path, query, authority) = try target(words[1], isOptions: words[0] == Array("OPTIONS".utf8))
        let hosts = fields.filter { lower($0.name) == "host" }
        guard hosts.count <= 1, hosts.count == 1 || minor == 0 else { throw Refused() }
        for host in hosts where !isAuthority(host.value) { throw Refused() }
        if let authority {
            fields.removeAll { lower($0.name) == "host" }
            fields.append((Array("Host".utf8), authority))
        }
        let expectations = fields.filter { lower($0.name) == "expect" }.map { lower($0.value) }
        guard expectations.allSatisfy({ $0 == "100-continue" }) else { throw Refused() }
        let options = fields.filter { lower($0.name) == "connection" }
            .flatMap { $0.value.split(separator: 44) }.map { lower(trimmed(Array($0))) }
        let closes = options.contains("close")
        let request = Request(
            method: words[0],
            path: path,
            query: query,
            fields: fields,
            minorVersion: minor,
            keepsAlive: !closes && (minor == 1 || options.contains("keep-alive")),
            expectsContinue: minor == 1 && !expectations.isEmpty
        )
        return (request, try framing(fields, minor))
    }

    private static func framing(_ fields: [(name: [UInt8], value: [UInt8])], _ minor: UInt8) throws -> Framing {
        let lengths = fields.filter { lower($0.name) == "content-length" }.map(\.value)
        let codings = fields.filter { lower($0.name) == "transfer-encoding" }.map { lower($0.value) }
        if !codings.isEmpty {
            guard codings == ["chunked"], lengths.isEmpty, minor == 1 else { throw Refused() }
            return .chunked
        }
        guard lengths.count <= 1 else { throw Refused() }
        guard let digits = lengths.first else { return .length(0) }
        guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }),
            let length = Int(String(decoding: digits, as: UTF8.self))
        else { throw Refused() }
        return .length(length)
    }

    /// The lines before the empty one; a CR or LF by itself is refused.
    private static func lines(of bytes: [UInt8]) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 13 {
                guard index + 1 < bytes.count, bytes[index + 1] == 10 else { throw Refused() }
                if line.isEmpty { break }
                lines.append(line)
                line = []
                index += 2
            } else {
                guard bytes[index] != 10 else { throw Refused() }
                line.append(bytes[index])
                index += 1
            }
        }
        guard index == bytes.count - 2, !lines.isEmpty else { throw Refused() }
        return lines
    }

    private static func field(_ line: [UInt8], isTrailer: Bool) throws -> (name: [UInt8], value: [UInt8]) {
        guard let colon = line.firstIndex(of: 58), colon > 0 else { throw Refused() }
        let name = Array(line[..<colon])
        let value = trimmed(Array(line[(colon + 1)...]))
        // Allowed by the grammar; llhttp, which reads no trailers, does not take it, and nobody sends it.
        let isLength = !isTrailer && lower(name) == "content-length"
        if isLength, line.reversed().prefix(while: { $0 == 32 || $0 == 9 }).contains(9) { throw Refused() }
        guard name.allSatisfy(isToken), value.allSatisfy(isFieldByte) else { throw Refused() }
        return (name, value)
    }

    private static func isFieldByte(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }

    private static func isToken(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        while rest.first == 32 || rest.first == 9 { rest.removeFirst() }
        while rest.last == 32 || rest.last == 9 { rest.removeLast() }
        return Array(rest)
    }

    private static func lower(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }

    private static func target(
        _ bytes: [UInt8],
        isOptions: Bool
    ) throws -> (path: [UInt8], query: [UInt8]?, authority: [UInt8]?) {
        guard !bytes.isEmpty, bytes.allSatisfy({ (33...126).contains($0) && $0 != 35 }) else { throw Refused() }
        if bytes == [42], isOptions { return (bytes, nil, nil) }
        var rest = bytes[...]
        var authority: [UInt8]?
        if bytes[0] != 47 {
            guard let scheme = ["http://", "https://"].first(where: { lower(bytes).hasPrefix($0) }) else {
                throw Refused()
            }
            rest = rest.dropFirst(scheme.utf8.count)
            let name = Array(rest.prefix { $0 != 47 && $0 != 63 })
            guard isAuthority(name) else { throw Refused() }
            authority = name
            rest = rest.dropFirst(name.count)
        }
        let path = Array(rest.prefix { $0 != 63 })
        guard !String(decoding: path, as: UTF8.self).contains("%00") else { throw Refused() }
        let query = path.count < rest.count ? Array(rest.dropFirst(path.count + 1)) : nil
        return (path.isEmpty ? [47] : path, query, authority)
    }

    /// `host [":" port]`, with a registered name, an IPv4 address or a bracketed IPv6 address.
    private static func isAuthority(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if rest.first == 91 {
            let literal = rest.dropFirst().prefix { $0 != 93 }
            var address = in6_addr()
            guard literal.count + 2 <= rest.count, !literal.contains(0),
                inet_pton(AF_INET6, String(decoding: literal, as: UTF8.self), &address) == 1
            else { return false }
            rest = rest.dropFirst(literal.count + 2)
        } else {
            let name = rest.prefix { $0 != 58 }
            guard !name.isEmpty, name.allSatisfy({ isAlphanumeric($0) || "-._~%!$&'()*+,;=".utf8.contains($0) }) else {
                return false
            }
            for escape in name.split(separator: 37, omittingEmptySubsequences: false).dropFirst() {
                guard escape.count >= 2, escape.prefix(2).allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) })
                else {
                    return false
                }
            }
            rest = rest.dropFirst(name.count)
        }
        guard let colon = rest.popFirst() else { return true }
        guard colon == 58, rest.count <= 5, rest.allSatisfy({ (48...57).contains($0) }) else { return false }
        return rest.isEmpty || Int(String(decoding: rest, as: UTF8.self)).map { $0 <= 65_535 } ?? false
    }

    private static let methods: Set = [
        "DELETE", "GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
        "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE",
        "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "SOURCE",
    ]

    // MARK: Body

    /// False when it ends before its end.
    private mutating func readBody(_ framing: Framing) throws -> Bool {
        switch framing {
        case .length(let length):
            guard length <= limits.bodyBytes else { throw Refused() }
            take(length)
            return requests[requests.count - 1].body.count == length
        case .chunked: return try readChunks()
        }
    }

    private mutating func take(_ count: Int) {
        let end = min(bytes.count, position + count)
        requests[requests.count - 1].body += bytes[position..<end]
        position = end
    }

    /// A line's content without CR LF; nil when it has no end. Refused when longer than `max`, its line end included.
    private mutating func line(max: Int) throws -> [UInt8]? {
        var index = position
        while index < bytes.count {
            guard index - position < max else { throw Refused() }
            let byte = bytes[index]
            if byte == 13 {
                guard index + 1 < bytes.count else { return nil }
                guard bytes[index + 1] == 10, index + 2 - position <= max else { throw Refused() }
                defer { position = index + 2 }
                return Array(bytes[position..<index])
            }
            guard Self.isFieldByte(byte) else { throw Refused() }
            index += 1
        }
        return nil
    }

    private mutating func readChunks() throws -> Bool {
        while true {
            guard let line = try line(max: limits.chunkLineBytes) else {
                return try refuseBrokenSize()
            }
            let digits = line.prefix { $0 != 59 }
            guard !digits.isEmpty, digits.count <= 15,
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
                digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) })
            else { throw Refused() }
            if size == 0 { return try readTrailers() }
            let before = requests[requests.count - 1].body.count
            guard before + size <= limits.bodyBytes else { throw Refused() }
            take(size)
            guard requests[requests.count - 1].body.count == before + size else { return false }
            let lineEnd = bytes[position...].prefix(2)
            guard [13, 10].starts(with: lineEnd) else { throw Refused() }
            guard lineEnd.count == 2 else { return false }
            position += 2
        }
    }

    /// What there is of a size line without its end; refused when it cannot become one.
    private func refuseBrokenSize() throws -> Bool {
        let rest = bytes[position...].prefix { $0 != 13 }
        let digits = rest.prefix { $0 != 59 }
        guard digits.count <= 15, digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
            !digits.isEmpty || (rest.isEmpty && position == bytes.count)
        else { throw Refused() }
        return false
    }

    private mutating func readTrailers() throws -> Bool {
        let start = position
        while true {
            guard let line = try line(max: limits.trailerBytes - (position - start)) else {
                let rest = bytes[position...].prefix { $0 != 13 }
                let name = rest.prefix { $0 != 58 }
                guard name.allSatisfy(Self.isToken), !name.isEmpty || rest.isEmpty,
                    name.count < rest.count || rest.isEmpty || position + rest.count == bytes.count
                else { throw Refused() }
                return false
            }
            if line.isEmpty { return true }
            _ = try Self.field(line, isTrailer: true)
        }
    }
}
