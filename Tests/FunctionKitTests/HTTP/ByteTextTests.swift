import FunctionKit
import Testing

/// Protocol text as bytes: what stands where in a range of it.
@Suite struct ByteTextTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// A text, a range of it, a byte → where it first stands in the range.
    @Test(
        arguments: [
            ("a;b;c", 0..<5, ";", 1), ("a;b;c", 2..<5, ";", 3), ("a;b;c", 2..<3, ";", nil), ("a;b;c", 5..<5, ";", nil),
            ("", 0..<0, ";", nil), ("a\0b", 0..<3, "\0", 1), (";", 0..<1, ";", 0),
        ] as [(String, Range<Int>, Unicode.Scalar, Int?)]
    )
    func aByteIsFoundWithinItsRange(_ text: String, _ range: Range<Int>, _ byte: Unicode.Scalar, _ expected: Int?) {
        let found = Self.bytes(text).span.firstIndex(of: UInt8(ascii: byte), in: range)
        #expect(found == expected)
    }

    /// A text, a range of it → what is left without spaces and tabs at its ends.
    @Test(arguments: [
        ("  a b\t", 0..<6, 2..<5), ("a", 0..<1, 0..<1), (" \t ", 0..<3, 3..<3), ("", 0..<0, 0..<0),
        (" a \r", 0..<4, 1..<4), ("x a x", 1..<4, 2..<3),
    ])
    func blanksAtTheEndsAreLeftOut(_ text: String, _ range: Range<Int>, _ expected: Range<Int>) {
        let left = Self.bytes(text).span.withoutOuterBlanks(range)
        #expect(left == expected)
    }

    @Test func aRuleHoldsForAllBytesOfARange() {
        let bytes = Self.bytes("aab")
        let isA: (UInt8) -> Bool = { $0 == UInt8(ascii: "a") }
        let ranges = [0..<2, 0..<3, 2..<3, 3..<3].map { bytes.span.allSatisfy($0, isA) }
        #expect(ranges == [true, false, false, true])
        let wholes = [bytes, Self.bytes("aa"), []].map { $0.span.allSatisfy(isA) }
        #expect(wholes == [false, true, true])
    }

    /// A text, a range of it, another text → equal byte by byte, and with letters of either case.
    @Test(arguments: [
        ("xhostx", 1..<5, true, true), ("xHoStx", 1..<5, false, true), ("xhostx", 1..<6, false, false),
        ("xhos", 1..<4, false, false), ("xh@st", 1..<5, false, false), ("", 0..<0, false, false),
        ("HOST", 0..<4, false, true), ("(OST", 0..<4, false, false),
    ])
    func rangesCompareWithTexts(_ text: String, _ range: Range<Int>, _ isEqual: Bool, _ isEqualInAnyCase: Bool) {
        let bytes = Self.bytes(text)
        let found = (bytes.span.equals(range, "host"), bytes.span.equals(range, lowercased: "host"))
        #expect(found == (isEqual, isEqualInAnyCase))
    }

    @Test func whatIsNotUTF8BecomesTheReplacementCharacter() {
        let bytes: [UInt8] = [0x61, 0xFF, 0x62]
        let texts = [0..<3, 1..<1].map { bytes.span.text($0) }
        #expect(texts == ["a\u{FFFD}b", ""])
    }
}
