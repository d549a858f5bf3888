import Testing

@testable import FunctionKit

/// The strict reader of JSON and what it picks out.
@Suite struct JSONScannerTests {
    private func values(_ json: String, _ paths: String...) throws -> [IndexValue] {
        let definitions = paths.map { IndexDefinition($0, on: [.init($0)]) }
        return try DocumentBody(checking: Array(json.utf8), paths: IndexPaths(definitions), name: "It").values.single
    }

    @Test func valuesArePickedByPath() throws {
        let json =
            #" {"a":{"b":{"c":"deep"}, "n":-1.5e2},"t":true,"z":null,"l":[{"x":1}],"\u0062\u002ec":"esc","a.n":"dot"} "#
        #expect(try values(json, "a.b.c", "a.n", "t", "z", "l") == ["deep", .number(-150), true, .null, .null])
        #expect(try values(json, "a", "a.b", "l.x", "absent", "a.b.c.d") == [.null, .null, .null, .null, .null])
        #expect(try values(#"{"s":"\u00e9\ud83d\ude00\n\/"}"#, "s") == ["é😀\n/"])
        #expect(try values(#"{"\u0061":{"\u0062":7}}"#, "a.b") == [7])
        #expect(try values(#"{"n":1e999}"#, "n") == [.number(.infinity)])
    }

    static let refused: [(json: String, words: String)] = [
        ("", "It is not a JSON object: no object at the top at byte 0."),
        ("null", "It is not a JSON object: no object at the top at byte 0."),
        ("{", "It is not a JSON object: no member name at byte 1."),
        ("{,}", "It is not a JSON object: no member name at byte 1."),
        (#"{"a"}"#, "It is not a JSON object: no colon after the member name at byte 4."),
        (#"{"a":}"#, "It is not a JSON object: no JSON value at byte 5."),
        (#"{"a":"#, "It is not a JSON object: an end inside the text at byte 5."),
        (#"{"a":1"#, "It is not a JSON object: no comma or brace after the member at byte 6."),
        (#"{"a":1 2}"#, "It is not a JSON object: no comma or brace after the member at byte 7."),
        (#"{"a":[1 2]}"#, "It is not a JSON object: no comma or bracket after the element at byte 8."),
        (#"{"a":[1,]}"#, "It is not a JSON object: no JSON value at byte 8."),
        (#"{"a":"x}"#, "It is not a JSON object: an end inside a string at byte 8."),
        (#"{"a":"\x"}"#, "It is not a JSON object: an unknown escape in a string at byte 6."),
        (#"{"a":"\u12"}"#, "It is not a JSON object: a broken \\u escape at byte 6."),
        (#"{"a":"\udc00"}"#, "It is not a JSON object: half a surrogate pair at byte 6."),
        (#"{"a":"\ud800\u0041"}"#, "It is not a JSON object: half a surrogate pair at byte 6."),
        (#"{"a":1.}"#, "It is not a JSON object: no JSON value at byte 7."),
        (#"{"a":.5}"#, "It is not a JSON object: no JSON value at byte 5."),
        (#"{"a":1e}"#, "It is not a JSON object: no JSON value at byte 7."),
        (#"{"a":-}"#, "It is not a JSON object: no JSON value at byte 6."),
        (#"{"a":0x1}"#, "It is not a JSON object: no comma or brace after the member at byte 6."),
        (#"{"a":tru}"#, "It is not a JSON object: no JSON value at byte 5."),
        (#"{'a':1}"#, "It is not a JSON object: no member name at byte 1."),
        ("{} x", "It is not a JSON object: something behind the object at byte 3."),
        ("{\"a\":1}\u{0}", "It is not a JSON object: something behind the object at byte 7."),
        (#"{"a":1,"a":2}"#, "It is not a JSON object: a member name twice in the object at byte 13."),
    ]

    @Test(arguments: refused)
    func whatIsNoObjectIsRefusedWithItsPlace(_ row: (json: String, words: String)) {
        let error = #expect(throws: StoreError.self) { try values(row.json) }
        #expect(error?.code == .invalidDocument)
        #expect(error?.message == row.words)
    }

    @Test func everyByteIsCheckedAsUTF8() {
        let good: [[UInt8]] = [
            [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
            [0xF0, 0x90, 0x80, 0x80],
            [0xF4, 0x8F, 0xBF, 0xBF],
        ]
        let bad: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ]
        func isAccepted(_ bytes: [UInt8]) -> Bool {
            let json = Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)
            return (try? DocumentBody(checking: json, paths: IndexPaths([]), name: "It")) != nil
        }
        for bytes in good { #expect(isAccepted(bytes), "\(bytes)") }
        for bytes in bad { #expect(!isAccepted(bytes), "\(bytes)") }
    }

    @Test func aNameIsFoundTwiceAmongMany() throws {
        let members = (0..<1000).map { "\"m\($0)\":0" }
        #expect(throws: Never.self) { try values("{" + members.joined(separator: ",") + "}") }
        #expect(throws: StoreError.self) { try values("{" + (members + ["\"m500\":1"]).joined(separator: ",") + "}") }
        // The same name in different objects is another member.
        #expect(throws: Never.self) { try values(#"{"a":{"a":[{"a":1},{"a":2}]},"b":{"a":1}}"#) }
    }
}
