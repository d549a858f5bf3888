import FunctionKit
import Testing

/// Header fields: order, case, repetition.
struct HTTPFieldsTests {
    private let fields = HTTPFields([
        .init(name: "Content-Type", value: "text/plain"),
        .init(name: "set-cookie", value: "a=1"),
        .init(name: "X-Empty", value: ""),
        .init(name: "Set-Cookie", value: "b=2"),
    ])

    @Test(
        arguments: [
            ("Content-Type", "text/plain"), ("content-type", "text/plain"), ("CONTENT-TYPE", "text/plain"),
            ("Set-Cookie", "a=1"), ("X-Empty", ""), ("Content-Typ", nil), ("Content-Type ", nil), ("", nil),
            ("\u{212A}", nil),
        ] as [(String, String?)]
    )
    func aFieldIsFoundInAnyCase(name: String, value: String?) { #expect(fields[name] == value) }

    @Test func repeatedFieldsKeepTheirOrder() {
        #expect(fields.values(of: "SET-COOKIE") == ["a=1", "b=2"])
        #expect(fields.values(of: "Cookie").isEmpty)
        #expect(fields.map(\.name) == ["Content-Type", "set-cookie", "X-Empty", "Set-Cookie"])
        #expect(fields.count == 4)
    }

    @Test func settingReplacesAllOfThatName() {
        var changed = fields
        changed["SET-COOKIE"] = "c=3"
        #expect(changed.values(of: "set-cookie") == ["c=3"])
        #expect(changed.map(\.name) == ["Content-Type", "X-Empty", "SET-COOKIE"])
        changed["set-cookie"] = nil
        changed["absent"] = nil
        #expect(changed.map(\.name) == ["Content-Type", "X-Empty"])
    }

    @Test func appendingReplacesNothing() {
        var changed: HTTPFields = ["Vary": "Origin"]
        changed.reserveCapacity(8)
        changed.append("vary", "Accept")
        #expect(changed.values(of: "Vary") == ["Origin", "Accept"])
        #expect(changed["Vary"] == "Origin")
    }

    @Test func aLiteralMayRepeatANameAndAnEmptyListHasNothing() {
        let repeated: HTTPFields = ["A": "1", "a": "2"]
        #expect(repeated.values(of: "A") == ["1", "2"])
        #expect(HTTPFields().isEmpty)
        #expect(HTTPFields()["A"] == nil)
    }

    @Test(arguments: [
        ("", "", true), ("abc", "ABC", true), ("a-Z_9", "A-z_9", true), ("abc", "abd", false), ("abc", "ab", false),
        // `[` and `{`, `@` and the backquote differ in the bit that makes letters lower case, and are no letters.
        ("[", "{", false), ("@", "`", false),
        // No case outside ASCII: É is not é, and the Kelvin sign is not k.
        ("É", "é", false), ("\u{212A}", "k", false),
    ])
    func namesCompareAsASCII(left: String, right: String, isEqual: Bool) {
        #expect(equalsIgnoringASCIICase(left, right) == isEqual)
    }
}
