import Testing

@testable import FunctionKit

/// Strings are looked through eight bytes at a time; what does not stand for itself is found at every place in them.
struct JSONPlainTextTests {
    private static let others = [
        "", "\"", "\\", "\u{0}", "\u{1F}", "\n", "\u{7F}", "é", "€", "🐟", "\"\\\n", "\u{80}\"",
    ]

    @Test(arguments: others)
    func whatIsWrittenIsReadBack(_ other: String) throws {
        for before in 0...17 {
            for behind in 0...17 {
                let text = String(repeating: "a", count: before) + other + String(repeating: "~", count: behind)
                var json: [UInt8] = []
                appendJSONString(text, to: &json)
                // Within a longer text, whose bytes before and behind are none of the string's.
                let whole = Array("[\"\\,".utf8) + json + Array("\\\"\u{1}".utf8)
                var scanner = JSONScanner(whole[...], in: 4..<4 + json.count)
                let token = try scanner.scanString()
                #expect(scanner.position == 4 + json.count)
                #expect(scanner.string(token) == text)
                #expect(String(decoding: scanner.unescaped(token), as: UTF8.self) == text)
            }
        }
    }

    @Test func aByteThatMayNotStandThereIsFoundAtEveryPlace() {
        for byte in [UInt8(0), 0x1F, 0x80, 0xC0, 0xFF] {
            for before in 0...17 {
                let plain = Array(repeating: UInt8(ascii: "x"), count: before)
                let json = [UInt8(ascii: "\"")] + plain + [byte] + Array("yyyyyyyyyyyyyyyyy\"".utf8)
                var scanner = JSONScanner(json[...], in: 0..<json.count)
                #expect(throws: JSONFailure.self) { try scanner.scanString() }
                #expect(scanner.position == 1 + before)
            }
        }
    }

    @Test func aStringWithoutAnEndEndsWithTheText() {
        for length in 0...17 {
            let json = [UInt8(ascii: "\"")] + Array(repeating: UInt8(ascii: "x"), count: length)
            // The quote behind belongs to somebody else.
            let whole = json + [UInt8(ascii: "\"")]
            var scanner = JSONScanner(whole[...], in: 0..<json.count)
            #expect(throws: JSONFailure.self) { try scanner.scanString() }
        }
    }
}
