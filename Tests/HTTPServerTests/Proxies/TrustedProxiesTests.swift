import FunctionKit
import Testing

@testable import HTTPServer

/// Where a request comes from that has passed proxies, by what they and others have written into it.
@Suite struct TrustedProxiesTests {
    private static let listed = ["10.0.0.0/8", "2001:db8::/32", "unix"]

    /// What is known of a peer that is trusted.
    private static let peer = RequestOrigin(remoteAddress: "10.0.0.1", scheme: .http)

    private func origin(_ headers: HTTPFields, _ fields: TrustedProxies.Fields) throws -> RequestOrigin {
        try TrustedProxies(Self.listed, fields: fields).origin(of: headers, by: Self.peer)
    }

    /// Header fields of lines.
    private static func fields(_ lines: String) -> HTTPFields {
        var fields: HTTPFields = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            fields.append(parts[0], parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return fields
    }

    private static let addresses: [(String, String)] = [
        ("", "10.0.0.1"),
        ("X-Forwarded-For: 203.0.113.9", "203.0.113.9"),
        // What the client has written itself stands before what the proxy has appended.
        ("X-Forwarded-For: 127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("X-Forwarded-For: 1.1.1.1, 10.0.0.2, 203.0.113.9", "203.0.113.9"),
        ("X-Forwarded-For: 127.0.0.1,203.0.113.9 ,\t10.0.0.2,10.9.9.9", "203.0.113.9"),
        ("X-Forwarded-For: 10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("X-Forwarded-For: 203.0.113.9:4711", "203.0.113.9"),
        ("X-Forwarded-For: [2001:db9::7]:4711", "2001:db9::7"),
        ("X-Forwarded-For: [2001:db9::7]", "2001:db9::7"),
        ("X-Forwarded-For: 2001:db9::7", "2001:db9::7"),
        ("X-Forwarded-For: 203.0.113.9, 2001:db8::5", "203.0.113.9"),
        ("X-Forwarded-For: ::ffff:203.0.113.9", "203.0.113.9"),
        // Marks that combine with the comma, before it and behind it, hide nothing of what the proxy has written.
        ("X-Forwarded-For: 6.6.6.6\u{600}, 203.0.113.9", "203.0.113.9"),
        ("X-Forwarded-For: 6.6.6.6\u{600}, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("X-Forwarded-For: 6.6.6.6,\u{301} 203.0.113.9", "10.0.0.1"),
        // What is no address ends the way back.
        ("X-Forwarded-For: 203.0.113.9, unknown", "10.0.0.1"),
        ("X-Forwarded-For: 203.0.113.9, _hidden, 10.0.0.2", "10.0.0.2"),
        ("X-Forwarded-For: 203.0.113.9,, 10.0.0.2", "10.0.0.2"),
        ("X-Forwarded-For:", "10.0.0.1"), ("X-Forwarded-For: ,,,", "10.0.0.1"),
        ("X-Forwarded-For: 203.0.113.9:99999", "10.0.0.1"), ("X-Forwarded-For: 203.0.113.9:", "10.0.0.1"),
        ("X-Forwarded-For: 203.0.113.9:x", "10.0.0.1"), ("X-Forwarded-For: [203.0.113.9]", "10.0.0.1"),
        ("X-Forwarded-For: [::1", "10.0.0.1"), ("X-Forwarded-For: [::1]x", "10.0.0.1"),
        ("X-Forwarded-For: \"203.0.113.9\"", "10.0.0.1"), ("X-Forwarded-For: localhost", "10.0.0.1"),
        // Repeated fields are one list.
        ("X-Forwarded-For: 127.0.0.1\nX-Forwarded-For: 203.0.113.9", "203.0.113.9"),
        ("X-Forwarded-For: 203.0.113.9\nx-forwarded-for: 10.0.0.2", "203.0.113.9"),
        // The other family says nothing: the proxies pass it on as the client wrote it.
        ("Forwarded: for=203.0.113.9;proto=https", "10.0.0.1"),
    ]

    @Test(arguments: addresses)
    func theLastUntrustedAddressIsTheClients(lines: String, expected: String) throws {
        #expect(try origin(Self.fields(lines), .xForwarded).remoteAddress == expected)
    }

    /// Scheme and host, `-` for none.
    private static let schemes: [(String, String)] = [
        ("X-Forwarded-Proto: https", "https -"),
        ("X-Forwarded-Proto: HTTPS\nX-Forwarded-Host: app.example:8443", "https app.example:8443"),
        ("X-Forwarded-Proto: http", "http -"), ("X-Forwarded-Proto: wss", "http -"),
        ("X-Forwarded-Proto:", "http -"), ("X-Forwarded-Proto: https;", "http -"),
        // The client's own words come first, and the nearest proxy's count.
        ("X-Forwarded-Proto: https, http", "http -"), ("X-Forwarded-Proto: http, https", "https -"),
        ("X-Forwarded-Proto: https\nX-Forwarded-Proto: http", "http -"),
        ("X-Forwarded-For: 203.0.113.9, 10.0.0.2\nX-Forwarded-Proto: https", "https -"),
        ("X-Forwarded-For: 203.0.113.9, 10.0.0.2\nX-Forwarded-Proto: https, http", "https -"),
        ("X-Forwarded-For: 203.0.113.9\nX-Forwarded-Proto: https, http", "http -"),
        ("X-Forwarded-Host: evil.example, app.example", "http app.example"),
        ("X-Forwarded-Host: [2001:db8::1]:80", "http [2001:db8::1]:80"),
        ("X-Forwarded-Host: a b", "http -"), ("X-Forwarded-Host: a/b", "http -"),
        ("X-Forwarded-Host: user@host", "http -"), ("X-Forwarded-Host:", "http -"),
        ("X-Forwarded-Host: app.example:99999", "http -"),
        ("X-Forwarded-Host: " + String(repeating: "a", count: 300), "http -"),
    ]

    @Test(arguments: schemes)
    func schemeAndHostAreTheNearestHops(lines: String, expected: String) throws {
        let origin = try origin(Self.fields(lines), .xForwarded)
        #expect("\(origin.scheme.rawValue) \(origin.host ?? "-")" == expected)
    }

    /// Address, scheme, host.
    private static let elements: [(String, String)] = [
        ("Forwarded: for=203.0.113.9;proto=https;host=app.example", "203.0.113.9 https app.example"),
        ("Forwarded: For=\"[2001:db9::7]:4711\"; Proto=HTTPS", "2001:db9::7 https -"),
        ("Forwarded: for=127.0.0.1, for=203.0.113.9;by=10.0.0.1", "203.0.113.9 http -"),
        ("Forwarded: for=203.0.113.9;proto=https, for=10.0.0.2;proto=http", "203.0.113.9 https -"),
        ("Forwarded: for=127.0.0.1\nForwarded: for=203.0.113.9", "203.0.113.9 http -"),
        ("Forwarded: for=\"203.0.113.9:_port\"", "203.0.113.9 http -"),
        ("Forwarded: for=203.0.113.9, for=unknown;proto=https", "10.0.0.1 https -"),
        ("Forwarded: for=203.0.113.9, for=_hidden", "10.0.0.1 http -"),
        ("Forwarded: proto=https", "10.0.0.1 https -"),
        ("Forwarded: for=\"203.0.113.\\9\"", "203.0.113.9 http -"),
        ("Forwarded: , ;for=203.0.113.9; ,", "203.0.113.9 http -"),
        // An open quote of the client's swallows what the proxy appends: nothing of it counts.
        ("Forwarded: for=\"127.0.0.1, for=203.0.113.9", "10.0.0.1 http -"),
        ("Forwarded: for=\"127.0.0.1\nForwarded: for=203.0.113.9", "10.0.0.1 http -"),
        ("Forwarded: for=203.0.113.9;for=127.0.0.1", "10.0.0.1 http -"),
        ("Forwarded: for=[::1]", "10.0.0.1 http -"), ("Forwarded: for", "10.0.0.1 http -"),
        ("Forwarded: for=", "10.0.0.1 http -"), ("Forwarded: =x", "10.0.0.1 http -"),
        ("Forwarded: for = 203.0.113.9", "10.0.0.1 http -"), ("Forwarded:", "10.0.0.1 http -"),
        ("Forwarded: for=203.0.113.9\\", "10.0.0.1 http -"),
        ("X-Forwarded-For: 203.0.113.9\nX-Forwarded-Proto: https", "10.0.0.1 http -"),
    ]

    @Test(arguments: elements)
    func theStandardsFieldIsReadInstead(lines: String, expected: String) throws {
        let origin = try origin(Self.fields(lines), .forwarded)
        #expect("\(origin.remoteAddress) \(origin.scheme.rawValue) \(origin.host ?? "-")" == expected)
    }

    @Test func theWayBackHasAnEnd() throws {
        let hops = (0..<5000).map { "10.0.\($0 / 256).\($0 % 256)" }
        let list = "203.0.113.9, " + hops.joined(separator: ", ")
        let last = hops[hops.count - TrustedProxies.hopsMax]
        #expect(try origin(["X-Forwarded-For": list], .xForwarded).remoteAddress == last)
        let elements = hops.map { "for=\($0)" }.joined(separator: ",")
        #expect(try origin(["Forwarded": elements], .forwarded).remoteAddress == last)
    }

    @Test func onlyThoseInTheListAreTrusted() throws {
        let proxies = try TrustedProxies(Self.listed)
        for (address, isTrusted) in [("10.1.2.3", true), ("2001:db8::1", true), ("192.0.2.1", false), ("::1", false)] {
            let peer = try #require(IPAddress(address) as IPAddress?)
            #expect(proxies.trusts(peer) == isTrusted, "\(address)")
        }
        #expect(proxies.trusts(nil))
        #expect(try !TrustedProxies(["10.0.0.0/8"]).trusts(nil))
        #expect(!TrustedProxies.none.trusts(nil))
        let loopback = try #require(IPAddress("127.0.0.1") as IPAddress?)
        #expect(!TrustedProxies.none.trusts(loopback))
        #expect(throws: TrustedProxiesError.self) { try TrustedProxies(["10.0.0.0/8", "proxy.example"]) }
    }

    /// As ASP.NET's setting has it: one hop, and no word on the host.
    @Test func everyPeerMayNameOneHop() throws {
        let headers: HTTPFields = [
            "X-Forwarded-For": "127.0.0.1, 203.0.113.9", "X-Forwarded-Proto": "http, https",
            "X-Forwarded-Host": "evil.example",
        ]
        let origin = TrustedProxies.everyPeer.origin(of: headers, by: Self.peer)
        #expect(origin == RequestOrigin(remoteAddress: "203.0.113.9", scheme: .https))
        #expect(TrustedProxies.everyPeer.trusts(nil))
    }

    @Test func aPeersWordDependsOnThePeer() throws {
        var configuration = HTTPServerConfiguration()
        configuration.trustedProxies = try TrustedProxies(["192.0.2.0/24"])
        let limits = ConnectionLimits(configuration)
        for (isTrusted, expected) in [(true, "203.0.113.9 https app.example"), (false, "192.0.2.7 http a")] {
            var state = ConnectionState(limits: limits, remoteAddress: "192.0.2.7", isTrusted: isTrusted, now: 0)
            let text =
                "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: app.example\r\n\r\n"
            state.receive(Array(text.utf8).span, now: 0)
            var output = OutputBuffer()
            guard case .respond(let request) = state.next(&output, date: []) else {
                Issue.record("no request")
                return
            }
            #expect("\(request.remoteAddress) \(request.scheme.rawValue) \(request.host ?? "-")" == expected)
        }
    }
}
