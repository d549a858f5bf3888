import FunctionKit
import Testing

/// Validators as they stand in fields.
struct EntityTagTests {
    @Test(
        arguments: [
            ("\"a\"", "\"a\""), ("W/\"a\"", "W/\"a\""), ("\"\"", "\"\""), ("\"a,b\"", "\"a,b\""), ("\"ü\"", "\"ü\""),
            ("a", nil), ("\"a", nil), ("w/\"a\"", nil), ("\"a\"b", nil), ("\"a b\"", nil), ("\"a\"\"", nil), ("", nil),
            ("*", nil), ("W/a", nil),
        ] as [(String, String?)]
    )
    func isRead(text: String, expected: String?) {
        #expect(EntityTag(field: text)?.description == expected)
    }

    @Test func isMadeOfWhatMayStandInIt() {
        #expect(EntityTag("a-1")?.description == "\"a-1\"")
        #expect(EntityTag("a", isWeak: true)?.description == "W/\"a\"")
        for text in ["a b", "a\"b", "a\n", "\u{7F}"] { #expect(EntityTag(text) == nil) }
    }

    /// The table of RFC 9110, section 8.8.3.2.
    @Test(arguments: [
        ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false), ("W/\"1\"", "\"1\"", false, true),
        ("\"1\"", "\"1\"", true, true),
    ])
    func isCompared(left: String, right: String, strongly: Bool, weakly: Bool) throws {
        let left = try #require(EntityTag(field: left))
        let right = try #require(EntityTag(field: right))
        #expect(left.matchesStrongly(right) == strongly)
        #expect(left.matchesWeakly(right) == weakly)
    }
}
