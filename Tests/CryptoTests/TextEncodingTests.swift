import Crypto
import Testing

/// Hexadecimal digits and URL-safe base64.
struct TextEncodingTests {
    @Test(
        arguments: [
            ([], ""), ([0], "00"), ([0x0F, 0xF0], "0ff0"), ([0xDE, 0xAD, 0xBE, 0xEF], "deadbeef"),
            ([255, 255], "ffff"),
        ] as [([UInt8], String)]
    )
    func bytesHaveTwoDigitsEach(bytes: [UInt8], text: String) { #expect(hexText(bytes) == text) }

    /// RFC 4648, section 10, without the padding, and the two characters in which the URL-safe alphabet differs.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"), ("\0", "AA"), ("\0\0\0", "AAAA"), ("~~~???", "fn5-Pz8_"),
    ])
    func base64IsThatOfRFC4648(text: String, encoded: String) {
        #expect(base64URLText(text.utf8) == encoded)
        #expect(base64URLBytes(encoded) == Array(text.utf8))
        #expect(base64URLBytes(Substring(encoded)) == Array(text.utf8))
    }

    @Test func allBytesSurvive() {
        for length in 0..<9 {
            for first in UInt8.min...UInt8.max {
                let bytes = (0..<length).map { first &+ UInt8($0) &* 37 }
                #expect(base64URLBytes(base64URLText(bytes)) == bytes)
            }
        }
    }

    @Test(arguments: [
        // Lengths that no bytes have.
        "A", "AAAAA", "Zm9vY",
        // Padding, white space and line breaks.
        "Zg==", "Zg=", "=", "Zm9v=", " Zg", "Zg ", "Zm\n9v", "Zm9v\r\n",
        // The alphabet of plain base64, and characters of none.
        "fn5+Pz8/", "ab+d", "ab/d", "Zm9v!", "Zm9\0", "Zm9é", "Ｚm9v", "Zm.v",
        // Spare bits that are not zero would give one value several texts.
        "Zh", "Zn", "Z_", "Zm9", "Zm-", "AB", "AAB", "__",
    ])
    func anythingElseIsNone(text: String) { #expect(base64URLBytes(text) == nil) }

    @Test func noTwoTextsOfTwoCharactersGiveTheSameByte() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let decoded = alphabet.flatMap { first in alphabet.compactMap { base64URLBytes("\(first)\($0)") } }
        #expect(decoded.count == 256)
        #expect(Set(decoded).count == 256)
    }
}
