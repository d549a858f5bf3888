import FunctionKit
import Testing

/// Percent escapes (RFC 3986, section 2.1).
struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("%41", "A"), ("%4a%4A", "JJ"), ("a%2Fb", "a/b"), ("%252F", "%2F"), ("%", "%"),
        ("%%", "%%"), ("%4", "%4"), ("%%41", "%A"), ("%g1", "%g1"), ("%1g", "%1g"), ("%+1", "%+1"), ("%-1", "%-1"),
        ("a+b", "a+b"), ("%E2%82%AC", "€"), ("%E2%82", "\u{FFFD}"), ("%C0%AF", "\u{FFFD}\u{FFFD}"), ("%00", "\0"),
        ("€%20", "€ "), ("%4%31", "%41"),
    ])
    func escapesAreDecodedOnce(text: String, decoded: String) {
        #expect(percentDecoded(Array(text.utf8)) == decoded)
        // A slice does not begin at zero.
        #expect(percentDecoded(Array("%41\(text)".utf8).dropFirst(3)) == decoded)
    }

    @Test(arguments: [
        ("", ""), ("AZaz09-._~", "AZaz09-._~"), (" ", "%20"), ("+", "%2B"), ("/", "%2F"), ("%41", "%2541"),
        ("é", "%C3%A9"), ("\0", "%00"), ("🙂", "%F0%9F%99%82"), ("a&b=c#d?e", "a%26b%3Dc%23d%3Fe"),
    ])
    func allButUnreservedCharactersAreEncoded(text: String, encoded: String) {
        #expect(percentEncoded(text) == encoded)
        #expect(percentDecoded(Array(encoded.utf8)) == text)
    }

    @Test func hexadecimalDigitsHaveValues() {
        let digits = Dictionary(
            uniqueKeysWithValues: (UInt8.min...UInt8.max).compactMap { byte in
                hexDigitValue(byte).map { (Character(Unicode.Scalar(byte)), Int($0)) }
            }
        )
        #expect(digits.count == 22)
        #expect(digits.allSatisfy { Int(String($0.key), radix: 16) == $0.value })
    }
}
