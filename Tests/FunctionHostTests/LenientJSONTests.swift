import FunctionHost
import Testing

/// The reader of configuration files.
@Suite struct LenientJSONTests {
    @Test(
        arguments: [
            ("{\"a\":[1,2.5e-3,-0,true,false,null]}", #"{"a":[1,2.5e-3,-0,true,false,null]}"#),
            ("{a: 'it''s'}", nil), ("{a: 'it\\'s', $b_1: \"\\u00e9\\ud83d\\ude00\"}", #"{"a":"it's","$b_1":"é😀"}"#),
            ("[1,]", "[1]"), ("[,]", nil), ("[1 2]", nil), ("{,}", nil), ("{\"a\":1,}", #"{"a":1}"#),
            ("{\"a\":1,\"b\":2,\"a\":3}", #"{"a":3,"b":2}"#), ("// c\n1 /* d */", "1"), ("/* open", nil), ("/", nil),
            ("01", nil), ("1.", nil), ("1e", nil), ("-", nil), ("+1", nil), (".5", nil), ("1x", nil), ("NaN", nil),
            ("tru", nil),
            ("\"a\nb\"", nil), ("\"open", nil), ("\"\\x\"", nil), ("\"\\u12\"", nil), ("\"\\", nil),
            ("\"\\ud800\"", "\"\u{FFFD}\""),
            ("\"\\/\\b\\f\\n\\r\\t\"", #""/\b\f\n\r\t""#), ("\u{FEFF}{}", "{}"), ("", nil),
            ("{} x", nil),
        ] as [(String, String?)]
    ) func oneTextOneValue(_ text: String, _ canonical: String?) {
        #expect((try? LenientJSON.parse(Array(text.utf8)))?.text == canonical)
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x22, 0, 0xE9, 0, 0x3D, 0xD8, 0, 0xDE, 0x22, 0], #""é😀""#),
            ([0xFE, 0xFF, 0, 0x5B, 0, 0x31, 0, 0x5D], "[1]"), ([0xFF, 0xFE, 0x31, 0, 0x32], "1"),
            ([0xFF, 0xFE, 0x22, 0, 0, 0xD8, 0x22, 0], "\"\u{FFFD}\""), ([0xFF, 0xFE], nil), ([0xFE, 0xFF, 0], nil),
            ([0xFF], nil),
        ] as [([UInt8], String?)]
    )
    func utf16WithItsMarkIsRead(_ bytes: [UInt8], _ canonical: String?) {
        #expect((try? LenientJSON.parse(bytes))?.text == canonical)
    }

    @Test func invalidUTF8IsRefused() {
        let error = #expect(throws: LenientJSONError.self) { try LenientJSON.parse([0x22, 0xFF, 0x22]) }
        #expect(error?.description == "line 1, column 1: the string is not valid UTF-8")
    }

    @Test func depthIsBounded() {
        let depth = LenientJSON.depthMax
        let fits = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(throws: Never.self) { try LenientJSON.parse(Array(fits.utf8)) }
        #expect(throws: LenientJSONError.self) { try LenientJSON.parse(Array("[\(fits)]".utf8)) }
        // Siblings do not add up.
        #expect(throws: Never.self) { try LenientJSON.parse(Array("[\(String(repeating: "[],", count: 1000))]".utf8)) }
    }
}
