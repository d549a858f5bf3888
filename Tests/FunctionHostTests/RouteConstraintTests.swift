import FunctionHost
import Testing

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
            yes: ["0", "-1", "+7", "2147483647", "%207%20"],
            no: ["2147483648", "1.0", "x", "1e3", "--1", "%20"]
        ),
        Row("LONG", yes: ["9223372036854775807", "-5"], no: ["9223372036854775808", "1.5", "a"]),
        Row("bool", yes: ["true", "FALSE", "%20True"], no: ["1", "yes", "truex"]),
        Row(
            "decimal",
            yes: ["1", "-1.5", "1,000.25", ".5", "5.", "5-", "79228162514264337593543950335"],
            no: ["1e3", "x", "1.2.3", "-", ".", "99999999999999999999999999999999", "-5-"]
        ),
        Row("double", yes: ["1e3", "1.5E-7", "-0", "NaN", "Infinity", "1,5"], no: ["e3", "1e", "x", "1.2.3", "0x10"]),
        Row("float", yes: ["3.14"], no: ["three"]),
        Row(
            "guid",
            yes: [
                "00000000000000000000000000000000", "00000000-0000-0000-0000-00000000aBcD",
                "%7B00000000-0000-0000-0000-000000000000%7D", "(00000000-0000-0000-0000-000000000000)",
            ],
            no: [
                "0", "0000000000000000000000000000000g", "00000000-0000-0000-0000-0000000000000",
                "0000-00000000-0000-0000-000000000000",
            ]
        ),
        Row(
            "datetime",
            yes: [
                "2026-11-20", "2026-11-20T12:14:00Z", "2026-11-20%2012:14", "2026-11-20T12:14:00.1234567+02:00",
                "11-20-2026",
                "1-2-2026", "2024-02-29", "11-20-2026%205:30%20PM", "12:14",
            ],
            no: [
                "2026-13-01", "2026-02-30", "2025-02-29", "20-11-2026", "x", "2026", "2026-11-20T25:00", "2026-11-20T",
                "7",
            ]
        ),
        Row("alpha", yes: ["abcXYZ"], no: ["a1", "%C3%A9", "a-b"]),
        Row("required", yes: ["x"], no: []),
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
        let table = RouteTable([RouteDefinition(functionName: "F", template: "{x:regex(^(a+)+$)}")])
        #expect(table.match(method: "GET", path: "/api/" + String(repeating: "a", count: 1024)) != nil)
        #expect(table.match(method: "GET", path: "/api/" + String(repeating: "a", count: 1025)) == nil)
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
