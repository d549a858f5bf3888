import FunctionHost
import Testing

/// Templates as ASP.NET's classic routing reads them: one template, one path, and what the parameters are then.
@Suite struct ClassicRoutingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var template: String
        var path: String
        /// Nil when the path does not match.
        var values: [String: String]?
        var absent: [String] = []

        init(_ template: String, _ path: String, _ values: [String: String]?, absent: [String] = []) {
            self.template = template
            self.path = path
            self.values = values
            self.absent = absent
        }

        var testDescription: String { "\(template) \(path)" }
    }

    private func check(_ row: Row) {
        let table = RouteTable([RouteDefinition(functionName: "F", template: row.template, prefix: "")])
        #expect(table.problems.isEmpty)
        let match = table.match(method: "GET", path: row.path)
        #expect(match?.values == row.values)
        #expect(match?.absentParameters ?? [] == row.absent)
    }

    @Test(arguments: [
        Row("", "/", [:]), Row("", "/x", nil), Row("/", "/", [:]), Row("a", "/a", [:]), Row("a", "/A/", [:]),
        Row("a", "/a//", nil), Row("a", "//a", nil), Row("a", "/b", nil), Row("a/b", "/a/b", [:]),
        Row("a/b", "/a", nil), Row("a/b", "/a//b", nil), Row("/a/b/", "/a/b", [:]), Row("a.b-c_d~e", "/A.B-C_D~E", [:]),
        Row("a+b", "/a+b", [:]), Row("a+b", "/a%2Bb", [:]), Row("a b", "/a+b", nil), Row("a%20b", "/a%20b", nil),
        Row("{{a}}", "/{a}", [:]), Row("{{a}}", "/%7Ba%7D", [:]), Row("x{{{{y}}}}", "/x{{y}}", [:]),
        Row("{{{x}-}}", "/{1-}", ["x": "1"]), Row("{{{x}-}}", "/1", nil),
    ]) func literals(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{x}", "/1", ["x": "1"]), Row("{x}", "/", nil), Row("{x}", "/1/2", nil), Row("{x}", "/1/", ["x": "1"]),
        Row("{X}", "/aB", ["X": "aB"]), Row("{x_1}", "/a", ["x_1": "a"]), Row("{x}", "/%2", ["x": "%2"]),
        Row("{x}", "/%zz", ["x": "%zz"]), Row("{x}", "/a%20b", ["x": "a b"]), Row("{x}", "/a+b", ["x": "a+b"]),
        Row("{x}", "/a%2Fb", ["x": "a/b"]), Row("{x}", "/%C3%A9", ["x": "é"]), Row("{x}", "/%25", ["x": "%"]),
        Row("{x}", "/%2520", ["x": "%20"]), Row("{x}", "/..", ["x": ".."]), Row("{x}", "/a;b=c", ["x": "a;b=c"]),
        Row("{x}/{y}", "/1/2", ["x": "1", "y": "2"]), Row("{x}/{y}", "/1", nil),
        Row("{x}/b/{y}", "/a/B/c", ["x": "a", "y": "c"]),
    ]) func parameters(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{x?}", "/", [:], absent: ["x"]), Row("{x?}", "/1", ["x": "1"]), Row("{x?}", "/1/2", nil),
        Row("a/{x?}", "/a", [:], absent: ["x"]), Row("a/{x?}", "/a/", [:], absent: ["x"]), Row("a/{x?}", "/a//", nil),
        Row("a/{x?}/{y?}", "/a/1", ["x": "1"], absent: ["y"]), Row("{x?}/{y?}", "/", [:], absent: ["x", "y"]),
        Row("{x?}/b", "/b", nil), Row("{x?}/b", "/a/b", ["x": "a"]), Row("{x?}/{y}", "/1", nil),
        Row("{x=d}", "/", ["x": "d"]), Row("{x=d}", "/1", ["x": "1"]), Row("{x=}", "/", ["x": ""]),
        Row("{x=a=b}", "/", ["x": "a=b"]), Row("{x=a:b}", "/", ["x": "a:b"]), Row("{x=d}/b", "/b", nil),
        Row("{x=d}/b", "/a/b", ["x": "a"]), Row("{x=1}/{y=2}", "/", ["x": "1", "y": "2"]),
        Row("{x=1}/{y=2}", "/a", ["x": "a", "y": "2"]), Row("{x=1}/{y?}", "/", ["x": "1"], absent: ["y"]),
        Row("{x=1}/{y}", "/", nil), Row("{x=1}/{*y}", "/", ["x": "1"], absent: ["y"]), Row("a{x=1}", "/a", nil),
        Row("{x:int=5}", "/", ["x": "5"]), Row("{x:int=5}", "/z", nil), Row("{x:int?}", "/", [:], absent: ["x"]),
    ]) func optionalAndDefault(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{*x}", "/", [:], absent: ["x"]), Row("{*x}", "/a/b/c", ["x": "a/b/c"]), Row("{*x}", "/a/", ["x": "a/"]),
        Row("{*x}", "/a//", ["x": "a//"]), Row("{*x}", "//a", nil), Row("{**x}", "/a/b", ["x": "a/b"]),
        Row("{*x}", "/a%2Fb", ["x": "a/b"]), Row("{*x=d/e}", "/", ["x": "d/e"]), Row("{*x=d}", "/a", ["x": "a"]),
        Row("a/{*x}", "/a", [:], absent: ["x"]), Row("a/{*x}", "/a/", [:], absent: ["x"]), Row("a/{*x}", "/b/c", nil),
        Row("{y}/{*x}", "/1/2/3", ["y": "1", "x": "2/3"]), Row("{*x:int}", "/7", ["x": "7"]),
        Row("{*x:int}", "/a", nil),
        Row("{*x:int}", "/", nil), Row("{*x:regex(^a/b$)}", "/a/b", ["x": "a/b"]),
        Row("{*x:maxlength(3)}", "/a/bc", nil),
    ]) func catchAlls(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{a}.{b}", "/x.y", ["a": "x", "b": "y"]), Row("{a}.{b}", "/x.y.z", ["a": "x.y", "b": "z"]),
        Row("{a}.{b}", "/x", nil), Row("{a}.{b}", "/.y", nil), Row("{a}.{b}", "/x.", nil), Row("{a}.{b}", "/..", nil),
        Row("{a}.{b}", "/...", ["a": ".", "b": "."]), Row("{a}.{b?}", "/x", ["a": "x"], absent: ["b"]),
        Row("{a}.{b?}", "/x.y", ["a": "x", "b": "y"]), Row("{a}.{b?}", "/x.", nil),
        Row("{a}.{b?}", "/.y", ["a": ".y"], absent: ["b"]), Row("{a}-{b}", "/1-2", ["a": "1", "b": "2"]),
        Row("{a}-{b}", "/1-2-3", ["a": "1-2", "b": "3"]), Row("{a}-{b}", "/-1", nil),
        Row("{a}-{b}", "/1--2", ["a": "1-", "b": "2"]),
        Row("{a}-{b}-{c}", "/1-2-3", ["a": "1", "b": "2", "c": "3"]), Row("{a}-{b}-{c}", "/1-2", nil),
        Row("x{a}y", "/x1y", ["a": "1"]), Row("x{a}y", "/X1Y", ["a": "1"]), Row("x{a}y", "/xxyy", nil),
        Row("x{a}y", "/xy", nil),
        Row("x{a}y", "/zx1y", nil), Row("x{a}y", "/x1yz", nil), Row("{a}foo", "/foofoo", ["a": "foo"]),
        Row("{a}foo", "/foo", nil), Row("foo{a}", "/foofoo", ["a": "foo"]), Row("foo{a}", "/afoob", nil),
        Row("{a}aa{b}", "/aaaa", ["a": "a", "b": "a"]), Row("{a}aa{b}", "/aaa", nil),
        Row("{a:int}-{b:int}", "/1-2", ["a": "1", "b": "2"]), Row("{a:int}-{b:int}", "/1-x", nil),
        Row("({a},{b})", "/(1,2)", ["a": "1", "b": "2"]), Row("v{a}.{b:int?}", "/v1", ["a": "1"], absent: ["b"]),
        Row("v{a}.{b:int?}", "/v1.2", ["a": "1", "b": "2"]), Row("v{a}.{b:int?}", "/v1.x", nil),
        Row("{a}über{b}", "/1ÜBER2", ["a": "1", "b": "2"]), Row("{a}%7E{b}", "/1~2", nil),
        Row("{a}~{b}", "/1%7E2", ["a": "1", "b": "2"]),
        Row("{{{a}-{b}", "/{1-2", ["a": "1", "b": "2"]),
    ]) func mixedSegments(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{x:int:min(1)}", "/1", ["x": "1"]), Row("{x:int:min(1)}", "/0", nil),
        Row("{x:min(1):max(10)}", "/11", nil), Row("{x:alpha:length(3)}", "/abc", ["x": "abc"]),
        Row("{x:alpha:length(3)}", "/ab1", nil), Row("{x:range(1,5):int?}", "/", [:], absent: ["x"]),
        Row("{x:INT:Min( 2 )}", "/2", ["x": "2"]), Row("{x:length(1, 2)}", "/ab", ["x": "ab"]),
        Row(#"{x:regex(^\d{{2,3}}$)}"#, "/123", ["x": "123"]), Row(#"{x:regex(^\d{{2,3}}$)}"#, "/1234", nil),
        Row(#"{x:regex(^[a-z,:=]+$)}"#, "/a,b", ["x": "a,b"]), Row(#"{x:regex((a|b)(c))}"#, "/bc", ["x": "bc"]),
        Row(#"{x:regex(^a\)b$)}"#, "/a)b", ["x": "a)b"]),
        Row(#"{x:regex(^\w+@\w+$):minlength(5)}"#, "/ab@cd", ["x": "ab@cd"]),
        Row(#"{x:regex(^(?!bad).*$)}"#, "/good", ["x": "good"]), Row(#"{x:regex(^(?!bad).*$)}"#, "/BADLY", nil),
        Row(#"{x:regex(^a{{2}}$)=aa}"#, "/", ["x": "aa"]), Row(#"{x:regex(^a{{2}}$)=b}"#, "/", nil),
    ]) func chainedConstraints(_ row: Row) { check(row) }
}
