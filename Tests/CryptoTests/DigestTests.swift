import Crypto
import Testing

/// Digests against published vectors.
struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func sha256IsThatOfFIPS180(message: String, digest: String) {
        #expect(hexText(sha256(message.utf8)) == digest)
        #expect(hexText(sha256(Array(message.utf8)[...])) == digest)
        let running = RunningSHA256()
        var rest = Array(message.utf8)[...]
        while !rest.isEmpty {
            running.update(Array(rest.prefix(7)))
            rest = rest.dropFirst(7)
        }
        #expect(hexText(running.finish()) == digest)
    }

    /// RFC 4231, section 4; the fifth case truncates its result to 128 bits.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1...25), [UInt8](repeating: 0xCD, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
                "a3b6167473100ee06e0c796c2955552b"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8
                ),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
            ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] as [([UInt8], [UInt8], String)]
    )
    func hmacIsThatOfRFC4231(key: [UInt8], message: [UInt8], digest: String) {
        #expect(hexText(hmacSHA256(key: key, message)).hasPrefix(digest))
        #expect(hmacSHA256(key: key, message).count == 32)
    }

    @Test(arguments: [
        ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("", "a", false), ("ab", "abc", false),
        ("abc", "abd", false), ("abc", "Abc", false), ("a\0b", "a\0c", false), ("é", "é", true),
        ("é", "e\u{301}", false),
    ])
    func textsAreEqualByteForByte(left: String, right: String, areEqual: Bool) {
        #expect(constantTimeEquals(left.utf8, right.utf8) == areEqual)
    }

    @Test func everyBitCounts() {
        let digest = sha256("x".utf8)
        for bit in 0..<256 {
            var other = digest
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!constantTimeEquals(digest, other))
        }
        #expect(constantTimeEquals(digest, sha256("x".utf8)))
    }
}
