import CLinux
import Glibc
import Testing

@testable import HTTPServer

/// Who may have one more connection.
@Suite struct ConnectionCountsTests {
    private static func key(_ address: String) throws -> AddressKey {
        let parsed = try #require(SocketAddress.parse(address, port: 1))
        return try #require(AddressKey(parsed.storage))
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false), ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", false), ("::1", "0.0.0.0", false), ("::1", "::2", true),
        // The same 64 bits as an IPv4 address has as its key.
        ("1.0.0.0", "100::", false),
    ]) func anAddressCountsAsItsNetwork(first: String, second: String, isSame: Bool) throws {
        let (first, second) = try (Self.key(first), Self.key(second))
        #expect((first == second) == isSame)
    }

    @Test func whatHasNoAddressHasNoKey() {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(AF_UNIX)
        #expect(AddressKey(storage) == nil)
    }

    @Test func theBoundOfOneAddressIsItsOwn() throws {
        var table = ConnectionTable(connectionsMax: 5, perAddressMax: 2)
        let (one, other) = try (Self.key("192.0.2.1"), Self.key("192.0.2.2"))
        #expect(table.admit(one) == .admitted)
        #expect(table.admit(one) == .admitted)
        #expect(table.admit(one) == .tooManyOfAddress)
        #expect(table.admit(other) == .admitted)
        table.leave(one)
        #expect(table.admit(one) == .admitted)
        // What has no address counts in all only.
        #expect(table.admit(nil) == .admitted)
        #expect(table.admit(nil) == .admitted)
        #expect(table.admit(nil) == .tooMany)
        #expect(table.admit(other) == .tooMany)
        #expect(table.count == 5)
    }

    @Test func nobodyIsRememberedWhoHasLeft() throws {
        var table = ConnectionTable(connectionsMax: 1000, perAddressMax: 3)
        let keys = try (0..<200).map { try Self.key("198.51.100.\($0)") }
        for key in keys { #expect(table.admit(key) == .admitted) }
        #expect(table.addressCount == 200)
        for key in keys { table.leave(key) }
        #expect(table.addressCount == 0)
        #expect(table.count == 0)
    }

    @Test func addressesAreNotCountedWhereTheirBoundIsNoStricter() throws {
        var table = ConnectionTable(connectionsMax: 2, perAddressMax: 2)
        let key = try Self.key("192.0.2.1")
        #expect(table.admit(key) == .admitted)
        #expect(table.admit(key) == .admitted)
        #expect(table.admit(key) == .tooMany)
        #expect(table.addressCount == 0)
    }
}
