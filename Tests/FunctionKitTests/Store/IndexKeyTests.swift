import FunctionTesting
import Testing

@testable import FunctionKit

/// Keys whose bytes are ordered as their values.
@Suite struct IndexKeyTests {
    private func key(_ values: IndexValue..., ignoresCase: Bool = false) -> [UInt8] {
        values.reduce(into: []) { IndexKey.append($1, ignoresCase: ignoresCase, to: &$0) }
    }

    @Test func theOrderOfKeysIsTheOrderOfValues() {
        let ordered: [[UInt8]] = [
            key(.null), key(false), key(true), key(.number(-.infinity)), key(.number(-1e300)), key(.number(-2)),
            key(.number(-1)),
            key(.number(-1e-300)), key(.number(0)), key(.number(.leastNonzeroMagnitude)), key(.number(1)),
            key(.number(1.5)),
            key(.number(2)),
            key(.number(.infinity)), key(""), key("\0"), key("\0\0"), key("\u{1}"), key("a"), key("a\0"), key("a\0b"),
            key("a\u{1}"), key("aa"), key("b"), key("é"), key("\u{10FFFF}"),
        ]
        for (left, right) in zip(ordered, ordered.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
        #expect(key(.number(-0.0)) == key(.number(0)))
    }

    @Test func aFieldNeverReachesIntoTheNext() {
        #expect(key("a", "b").lexicographicallyPrecedes(key("a", "c")))
        #expect(key("a", "z").lexicographicallyPrecedes(key("aa", "a")))
        #expect(key("a", .null).lexicographicallyPrecedes(key("a\0", .null)))
        for values: [IndexValue] in [[.null, 1, "a\0b"], ["", "", ""], [true, .number(-1), "x"]] {
            var bytes: [UInt8] = []
            for value in values { IndexKey.append(value, ignoresCase: false, to: &bytes) }
            #expect(IndexKey.offset(behind: 3, in: bytes + Array("id".utf8)) == bytes.count)
        }
    }

    @Test(arguments: [("ABC", "abc"), ("ÄÖÜ", "äöü"), ("ΣΑΣ", "σασ"), ("ẞ", "ß"), ("İ", "i"), ("ǅ", "ǆ"), ("ß", "ß")])
    func caseIsFoldedScalarByScalar(_ upper: String, _ lower: String) {
        #expect(IndexKey.lowercased(upper) == lower)
        #expect(key(.text(upper), ignoresCase: true) == key(.text(lower), ignoresCase: true))
    }

    @Test func base64URLComesBack() {
        let random = SeededRandomSource()
        for count in 0..<40 {
            let bytes = random.bytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        for text in ["A", "AAAAA", "AB", "A=", "A+", "A/", "é"] { #expect(Base64URL.decode(text) == nil, "\(text)") }
    }
}
