import FunctionKit
import Testing

@testable import HTTPServer

/// The PROXY protocol's header, version 1 and 2, without a socket.
@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]

    /// A header of version 2.
    private static func binary(_ command: UInt8, _ family: UInt8, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        let count = length ?? body.count
        return signature + [command, family, UInt8(count >> 8), UInt8(count & 0xFF)] + body
    }

    private static let ipv4: [UInt8] = [203, 0, 113, 9, 10, 0, 0, 1, 0x12, 0x34, 0x01, 0xBB]
    private static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 16) + [
            0, 1, 0, 2,
        ]

    @Test(
        arguments: [
            ("PROXY TCP4 203.0.113.9 10.0.0.1 4711 443\r\n", "203.0.113.9"),
            ("PROXY TCP6 2001:db8::7 2001:db8::1 0 65535\r\n", "2001:db8::7"),
            ("PROXY UNKNOWN\r\n", nil), ("PROXY UNKNOWN what ever it says\r\n", nil),
        ] as [(String, String?)]
    )
    func aLineIsRead(line: String, source: String?) {
        let expected = ProxyHeader(length: line.utf8.count, source: source.flatMap { IPAddress($0) })
        #expect(ProxyHeader.read(Array(line.utf8)) == .complete(expected))
        #expect(ProxyHeader.read(Array((line + "GET / HTTP/1.1\r\n").utf8)) == .complete(expected))
        for count in 0..<line.utf8.count {
            #expect(ProxyHeader.read(Array(line.utf8.prefix(count))) == .incomplete, "\(count)")
        }
    }

    @Test(arguments: [
        "PROXY TCP4 203.0.113.9 10.0.0.1 4711\r\n", "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443 x\r\n",
        "PROXY TCP4  203.0.113.9 10.0.0.1 4711 443\r\n", "PROXY TCP4 203.0.113.9 10.0.0.1 4711 443 \r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n", "PROXY TCP6 203.0.113.9 10.0.0.1 1 2\r\n",
        "PROXY TCP4 203.0.113.9 2001:db8::1 1 2\r\n", "PROXY TCP4 203.0.113.256 10.0.0.1 1 2\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 65536 2\r\n", "PROXY TCP4 203.0.113.9 10.0.0.1 01 2\r\n",
        "PROXY TCP4 203.0.113.9 10.0.0.1 -1 2\r\n", "PROXY TCP4 203.0.113.9 10.0.0.1 +1 2\r\n", "PROXY \r\n",
        "PROXY UDP4 203.0.113.9 10.0.0.1 1 2\r\n", "PROXY tcp4 203.0.113.9 10.0.0.1 1 2\r\n",
    ])
    func aMalformedLineIsRefused(line: String) {
        #expect(ProxyHeader.read(Array(line.utf8)) == .invalid("its PROXY line is malformed"))
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n", "proxy TCP4 ", "PROXYTCP4", "\u{16}\u{03}\u{01}", "\r\n\r\nX", "\n", "X"])
    func anythingElseIsNoHeader(text: String) {
        #expect(ProxyHeader.read(Array(text.utf8)) == .invalid("it does not begin with a PROXY header"))
    }

    @Test func aLineHasAnEnd() {
        let long = Array(("PROXY UNKNOWN " + String(repeating: "x", count: 200)).utf8)
        #expect(ProxyHeader.read(Array(long.prefix(106))) == .incomplete)
        #expect(ProxyHeader.read(Array(long.prefix(107))) == .invalid("its PROXY line has no end within 107 bytes"))
        let longest = Array(("PROXY UNKNOWN " + String(repeating: "x", count: 91) + "\r\n").utf8)
        #expect(longest.count == 107)
        #expect(ProxyHeader.read(longest) == .complete(ProxyHeader(length: 107)))
        #expect(
            ProxyHeader.read([UInt8](longest.dropLast(2)) + Array("x\r\n".utf8))
                == .invalid("its PROXY line has no end within 107 bytes")
        )
    }

    struct Row: Sendable {
        var command: UInt8 = 0x21
        var family: UInt8
        var body: [UInt8]
        var source: String?
        var isSecure = false
    }

    @Test(arguments: [
        Row(family: 0x11, body: ipv4, source: "203.0.113.9"),
        Row(family: 0x21, body: ipv6, source: "2001:db8::7"),
        Row(family: 0x31, body: [UInt8](repeating: 0x61, count: 216)),
        Row(family: 0x00, body: []), Row(family: 0x00, body: [1, 2, 3]),
        // The proxy speaks for itself, whatever else it says.
        Row(command: 0x20, family: 0x11, body: ipv4), Row(command: 0x20, family: 0x00, body: []),
        Row(command: 0x20, family: 0xFF, body: [9, 9]),
        Row(family: 0x11, body: ipv4 + [0x04, 0, 2, 1, 2], source: "203.0.113.9"),
        Row(family: 0x11, body: ipv4 + [0x20, 0, 5, 0x01, 0, 0, 0, 0], source: "203.0.113.9", isSecure: true),
        Row(family: 0x11, body: ipv4 + [0x20, 0, 5, 0x06, 0, 0, 0, 0], source: "203.0.113.9"),
        Row(family: 0x11, body: ipv4 + [0x04, 0, 0, 0x20, 0, 1, 0x07], source: "203.0.113.9", isSecure: true),
        Row(family: 0x11, body: ipv4 + [0x20, 0, 0], source: "203.0.113.9"),
    ])
    func bytesAreRead(row: Row) {
        let bytes = Self.binary(row.command, row.family, row.body)
        let expected = ProxyHeader(
            length: bytes.count,
            source: row.source.flatMap { IPAddress($0) },
            isSecure: row.isSecure
        )
        #expect(ProxyHeader.read(bytes) == .complete(expected))
        #expect(ProxyHeader.read(bytes + [0x16, 0x03]) == .complete(expected))
        for count in 0..<bytes.count { #expect(ProxyHeader.read(Array(bytes.prefix(count))) == .incomplete) }
    }

    @Test(arguments: [
        (binary(0x11, 0x11, ipv4), "its PROXY header has an unknown version or command"),
        (binary(0x22, 0x11, ipv4), "its PROXY header has an unknown version or command"),
        (binary(0x21, 0x12, ipv4), "its PROXY header names a family or protocol that no stream has"),
        (binary(0x21, 0x41, ipv4), "its PROXY header names a family or protocol that no stream has"),
        (binary(0x21, 0x11, [1, 2, 3]), "its PROXY header is too short for its addresses"),
        (binary(0x21, 0x21, ipv4), "its PROXY header is too short for its addresses"),
        (binary(0x21, 0x11, ipv4 + [0x04]), "its PROXY header has an addition that is longer than the header"),
        (
            binary(0x21, 0x11, ipv4 + [0x04, 0, 9, 1]),
            "its PROXY header has an addition that is longer than the header"
        ),
        (binary(0x21, 0x11, [], length: 4081), "its PROXY header has 4097 bytes, more than 4096"),
        (binary(0x21, 0x11, [], length: 65_535), "its PROXY header has 65551 bytes, more than 4096"),
    ])
    func malformedBytesAreRefused(bytes: [UInt8], reason: String) {
        #expect(ProxyHeader.read(bytes) == .invalid(reason))
    }

    @Test func theClientsOwnWordCountsOnlyIfItIsAProxyByName() throws {
        let header = ProxyHeader(length: 1, source: IPAddress("203.0.113.9"), isSecure: true)
        let known = ProxyHeader(length: 1, source: IPAddress("10.0.0.2"))
        let listed = try TrustedProxies(["10.0.0.0/8"])
        for (proxies, header, address, scheme, isTrusted) in [
            (TrustedProxies.none, header, "203.0.113.9", HTTPScheme.https, false),
            (.everyPeer, header, "203.0.113.9", .https, false), (listed, header, "203.0.113.9", .https, false),
            (listed, known, "10.0.0.2", .http, true), (listed, ProxyHeader(length: 1), "10.0.0.1", .http, true),
        ] {
            var configuration = HTTPServerConfiguration()
            configuration.trustedProxies = proxies
            var state = ConnectionState(
                limits: ConnectionLimits(configuration),
                remoteAddress: "10.0.0.1",
                isTrusted: proxies.trusts(IPAddress("10.0.0.1")),
                now: 0
            )
            state.learn(header)
            #expect(state.peer == RequestOrigin(remoteAddress: address, scheme: scheme))
            #expect(state.isPeerTrusted == isTrusted)
        }
    }
}
