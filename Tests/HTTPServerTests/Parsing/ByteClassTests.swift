import Testing

@testable import HTTPServer

/// The character classes, for every byte.
@Suite struct ByteClassTests {
    private static let alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

    @Test func tokensAreThoseOfTheGrammar() {
        let expected = Set((Self.alphanumeric + "!#$%&'*+-.^_`|~").utf8)
        #expect(Set((0...255).map { UInt8($0) }.filter(ByteClass.isToken)) == expected)
    }

    @Test func fieldValuesHoldNoControlCharacters() {
        let refused = (0...255).map { UInt8($0) }.filter { !ByteClass.isFieldValue($0) }
        #expect(refused == Array(0...8) + Array(10...31) + [127])
    }

    @Test func targetsAreVisibleASCIIWithoutAFragment() {
        let refused = (0...127).map { UInt8($0) }.filter { !ByteClass.isTarget($0) }
        #expect(refused == Array(0...32) + [35, 127])
        #expect((128...255).allSatisfy { !ByteClass.isTarget(UInt8($0)) })
    }
}
