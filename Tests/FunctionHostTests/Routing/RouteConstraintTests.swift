import Testing

@testable import FunctionHost

/// Which values each constraint accepts; a value that it refuses is no match.
@Suite struct RouteConstraintTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var constraint: String
        var accepted: [String]
        var refused: [String]
        init(_ constraint: String, yes accepted: [String], no refused: [String]) {
            self.constraint = constraint
            self.accepted = accepted
            self.refused = refused
        }
        var testDescription: String { constraint }
    }

    @Test(arguments: [
        Row(
            "int",
            yes: ["0", "-1", "+7", "-0", "007", "2147483647", "-2147483648", "%207%20", "%097%0D%0A"],
            no: [
                "2147483648", "-2147483649", "1.0", "x", "1e3", "--1", "%20", "%C2%A07", "1,000", "(1)", "1-", "- 1",
                "0x10", "%D9%A3", "99999999999999999999",
            ]
        ),
        Row(
            "LONG",
            yes: ["9223372036854775807", "-9223372036854775808", "-5", "%205"],
            no: ["9223372036854775808", "1.5", "a", "1,5"]
        ),
        Row(
            "bool",
            yes: ["true", "FALSE", "%20True", "tRuE%C2%A0"],
            no: ["1", "0", "yes", "on", "truex", "t", "tru%20e"]
        ),
        Row(
            "decimal",
            yes: [
                "1", "-1.5", "+1.5", "1,000.25", "1,,0", "1,", ".5", "-.5", "5.", "5-", "5+", "5%20-", "5-%20",
                "%205%20",
                "79228162514264337593543950335", "0000079228162514264337593543950335",
                "79228162514264337593543950335.4",
                "-79228162514264337593543950335", "0.0000000000000000000000000000000001", "007",
            ],
            no: [
                "1e3", "x", "1.2.3", "-", ".", ",", ",1", "1.5,0", "-%205", "-5-", "5--", "(5)", "$5", "5%25", "NaN",
                "Infinity", "79228162514264337593543950336", "99999999999999999999999999999999", "",
            ]
        ),
        Row(
            "double",
            yes: [
                "1", "1e3", "1E+3", "1.5E-7", "-0", "+1", "NaN", "nan", "-NaN", "Infinity", "-infinity", "+Infinity",
                "1,5",
                "1,000.5e2", ".5", "5.", "5.e1", "%201.5%20", "1e999", "-1e-999", "1e0000001",
            ],
            no: [
                "e3", "1e", "1e+", "1e%20", "1e1.5", "x", "1.2.3", "0x10", "5-", "1_000", "-%205", "Inf", "1d", "1f",
                ".",
                "-", "1e3,0", "%E2%88%9E",
            ]
        ),
        Row("float", yes: ["3.14", "1e39", "-3", "1,0", "NaN"], no: ["three", "5-", "1f", "1.1.1"]),
        Row(
            "guid",
            yes: [
                "00000000000000000000000000000000", "0123456789abcdefABCDEF0123456789",
                "00000000-0000-0000-0000-00000000aBcD", "%2000000000-0000-0000-0000-000000000000%20",
                "%7B00000000-0000-0000-0000-000000000000%7D", "(00000000-0000-0000-0000-000000000000)",
                "{0x00000000,0x0000,0x0000,{0x00,0x01,0x02,0x03,0x04,0x05,0x06,0x07}}",
                "{0xdddddddd,%200xdddd,0xDDDD,{0xdd,0xd,0X0,0x00d,0xdd,0xdd,0xdd,0xdd}%20}",
            ],
            no: [
                "0", "0000000000000000000000000000000g", "00000000-0000-0000-0000-0000000000000",
                "0000-00000000-0000-0000-000000000000", "{00000000000000000000000000000000}",
                "{00000000-0000-0000-0000-000000000000)", "00000000-0000-0000-0000-000000000000}",
                "(0x00000000,0x0000,0x0000,{0x00,0x01,0x02,0x03,0x04,0x05,0x06,0x07})",
                "{0x00000000,0x0000,0x0000,{0x00,0x01,0x02,0x03,0x04,0x05,0x06}}",
                "{0x00000000,0x0000,0x0000,{0x00,0x01,0x02,0x03,0x04,0x05,0x06,0x100}}",
                "{0x,0x0000,0x0000,{0x00,0x01,0x02,0x03,0x04,0x05,0x06,0x07}}", "{}", "{{}}", "()",
            ]
        ),
        Row(
            "datetime",
            yes: [
                "2026-11-20", "2026-1-2", "2026.11.20", "2026-11-20T12:14:00Z", "2026-11-20T12:14:00z",
                "2026-11-20%2012:14",
                "2026-11-20T12:14:00.1234567%2B02:00", "2026-11-20T12:14:00.123456789Z", "2026-11-20T12:14-0530",
                "2026-11-20T12:14:00%2B14", "11-20-2026", "1-2-2026", "11.20.2026", "11-20-26", "2024-02-29",
                "11-20-2026%205:30%20PM", "11-20-2026%205pm", "12:14", "12:14:59", "0:00", "5%20AM", "2026-11",
                "11-2026",
                "11-20", "20%20Nov%202026", "20-Nov-2026", "Nov%2020%202026", "November%2020,%202026", "Nov%202026",
                "2026%20Nov%2020", "20%20november", "Fri,%2020%20Nov%202026%2012:14:00%20GMT",
                "Friday,%20November%2020,%202026", "12:14%202026-11-20", "2000-02-29", "12:14:00Z", "Nov%2020%2012:14",
            ],
            no: [
                "2026-13-01", "2026-02-30", "2025-02-29", "1900-02-29", "20-11-2026", "20-11", "x", "2026", "7",
                "20261120",
                "2026-11-20T25:00", "2026-11-20T24:00", "2026-11-20T12:60", "2026-11-20T12:14:60", "2026-11-20T",
                "2026-11-20T12:14%2B15:00", "13%20PM", "2026--11", "-2026-11-20",
                "2026-11-20T12:14:", "12:", ":14", "2026-11-", "Thu,%2020%20Nov%202026", "Novem%2020%202026",

                "0000-01-01", "12:14%2012:15", "now", "1e3", "2026-11-20T12:14:00Zx",
            ]
        ),
        Row("alpha", yes: ["abcXYZ", "Z"], no: ["a1", "%C3%A9", "a-b", "a%20", "_"]),
        Row("required", yes: ["x", "%20"], no: []),
        Row("file", yes: ["a.txt", ".x", "a.b.c", "..a"], no: ["a", "a.", "a..", "..", "."]),
        Row("nonfile", yes: ["a", "a.", "..", "."], no: ["a.txt", ".x"]),
        Row("minlength(3)", yes: ["abc", "%F0%9F%98%80a"], no: ["ab", "%F0%9F%98%80"]),
        Row("maxlength(3)", yes: ["abc"], no: ["abcd"]),
        Row("length(3)", yes: ["abc"], no: ["ab", "abcd"]),
        Row("length(2, 3)", yes: ["ab", "abc"], no: ["a", "abcd"]),
        Row("min(18)", yes: ["18", "99"], no: ["17", "x", "1.5"]),
        Row("max(-1)", yes: ["-1", "-5"], no: ["0"]),
        Row("range(1,10)", yes: ["1", "10"], no: ["0", "11", ""]),
        Row("int:min(1):max(3)", yes: ["1", "3"], no: ["0", "4", "x"]),
        Row(#"regex(^\d{{3}}-\d{{4}}$)"#, yes: ["123-4567"], no: ["1234-567", "x123-4567"]),
        Row("regex(^(a|b:c)$)", yes: ["a", "B:C"], no: ["b", "ab"]),
        Row("regex(b=c):length(3)", yes: ["b=c"], no: ["ab=c", "abc"]),
        Row("regex(o+)", yes: ["foo", "FOOD"], no: ["bar"]),
    ]) func aConstraintSelects(_ row: Row) {
        let table = RouteTable([RouteDefinition(functionName: "F", template: "{x:\(row.constraint)}")])
        #expect(table.problems.isEmpty)
        for value in row.accepted { #expect(table.match(method: "GET", path: "/api/\(value)") != nil, "\(value)") }
        for value in row.refused { #expect(table.match(method: "GET", path: "/api/\(value)") == nil, "\(value)") }
    }

    @Test func anAbsentOptionalValueNeedsNoConstraint() {
        let table = RouteTable([
            RouteDefinition(functionName: "Optional", template: "a/{x:int?}"),
            RouteDefinition(functionName: "Default", template: "b/{x:int=5}"),
            RouteDefinition(functionName: "BadDefault", template: "c/{x:int=z}"),
            RouteDefinition(functionName: "CatchAll", template: "d/{*x:minlength(2)}"),
        ])
        #expect(table.match(method: "GET", path: "/api/a")?.absentParameters == ["x"])
        #expect(table.match(method: "GET", path: "/api/a/z") == nil)
        #expect(table.match(method: "GET", path: "/api/b")?.values == ["x": "5"])
        #expect(table.match(method: "GET", path: "/api/c") == nil)
        #expect(table.match(method: "GET", path: "/api/d") == nil)
        #expect(table.match(method: "GET", path: "/api/d/e/f")?.values == ["x": "e/f"])
    }

    @Test func aVeryLongValueIsNotTriedAgainstARegex() {
        let table = RouteTable([RouteDefinition(functionName: "F", template: "{x:regex(^a+$)}")])
        #expect(table.match(method: "GET", path: "/api/" + String(repeating: "a", count: 1024)) != nil)
        #expect(table.match(method: "GET", path: "/api/" + String(repeating: "a", count: 1025)) == nil)
    }

    @Test(arguments: [
        ("(a+)+", true), ("^(a*)*$", true), ("((ab)+c)*", true), (#"(\d+)*"#, true), ("(a{2,})+", true),
        ("([^]]+x)*", true),
        ("((a+))+", true), ("(?:a+)+", true), ("a+b+", false), ("(a+)?", false), ("(ab)+", false), (#"\(a+\)+"#, false),
        ("[(a+)]+", false), ("(a{2,3})+", false), ("(a+){2}", false), ("(?!bad).*", false), ("", false), (")*", false),
    ])
    func repetitionsWithinRepetitionsAreRefused(pattern: String, isNested: Bool) {
        #expect(NestedRepetition.isIn(pattern) == isNested)
    }

    @Test func onePatternServesManyRequestsAtOnce() async {
        let table = RouteTable([RouteDefinition(functionName: "F", template: #"{x:regex(^[a-f]\d+$)}"#)])
        let matches = await withTaskGroup { group in
            for index in 0..<500 {
                group.addTask { table.match(method: "GET", path: "/api/\(index % 2 == 0 ? "a" : "x")\(index)") != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(matches == 250)
    }
}
