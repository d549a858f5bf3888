import Testing

@testable import HTTPServer

/// Addresses and blocks of them.
@Suite struct AddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("2001:db8::1", "2001:db8::1"), ("::", "::"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "::1"),
    ])
    func anAddressIsReadAndWritten(text: String, canonical: String) throws {
        #expect(try #require(IPAddress(text)).text == canonical)
    }

    @Test(arguments: [
        "", " ", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.01", "192.0.2.1 ", " 192.0.2.1", "192.0.2.1:80",
        "[::1]", "::1%eth0", ":::", "1::2::3", "12345::", "unknown", "_hidden", "localhost", "0x7f000001", "2130706433",
        String(repeating: "1", count: 10_000),
    ])
    func anythingElseIsNone(text: String) { #expect(IPAddress(text) == nil) }

    @Test func bytesAreFourOrSixteen() {
        #expect(IPAddress(networkBytes: [192, 0, 2, 1])?.text == "192.0.2.1")
        #expect(IPAddress(networkBytes: [0x20, 0x01] + [UInt8](repeating: 0, count: 13) + [1])?.text == "2001::1")
        for count in [0, 1, 3, 5, 15, 17] {
            #expect(IPAddress(networkBytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0", true), ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
        ("10.0.0.0/8", "9.255.255.255", false), ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false),
        ("192.0.2.7/32", "192.0.2.7", true), ("192.0.2.6/31", "192.0.2.7", true), ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "203.0.113.9", false), ("::/0", "2001:db8::1", true),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8:0:1::/64", "2001:db8:0:1:ffff::", true), ("2001:db8:0:1::/64", "2001:db8:0:2::", false),
        ("2001:db8::8/125", "2001:db8::f", true), ("2001:db8::8/125", "2001:db8::10", false), ("::1", "::1", true),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.1.2.3", "10.1.2.3", true),
    ])
    func aBlockContains(block: String, address: String, expected: Bool) throws {
        #expect(try AddressBlock(block).contains(try #require(IPAddress(address))) == expected)
    }

    @Test(arguments: [
        ("", "'' is neither an address, nor a block such as 10.0.0.0/8, nor 'unix'."),
        ("localhost", "'localhost' is neither an address, nor a block such as 10.0.0.0/8, nor 'unix'."),
        ("10.0.0.0/", "'10.0.0.0/' has no length from 0 to 32 behind its slash."),
        ("10.0.0.0/33", "'10.0.0.0/33' has no length from 0 to 32 behind its slash."),
        ("10.0.0.0/-1", "'10.0.0.0/-1' has no length from 0 to 32 behind its slash."),
        ("10.0.0.0/8/8", "'10.0.0.0/8/8' has no length from 0 to 32 behind its slash."),
        ("::/129", "'::/129' has no length from 0 to 128 behind its slash."),
        (
            "10.1.2.3/8",
            "'10.1.2.3/8' is not the beginning of its block. If the block is meant, write 10.0.0.0/8."
        ),
        (
            "2001:db8::1/32",
            "'2001:db8::1/32' is not the beginning of its block. If the block is meant, write 2001:db8::/32."
        ),
    ])
    func whatIsNoBlockIsSaid(text: String, message: String) {
        #expect(throws: TrustedProxiesError(message)) { try AddressBlock(text) }
    }
}
