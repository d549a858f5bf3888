import FunctionHost
import Testing

/// Which function answers a method and a path, and what the template's parameters are then.
@Suite struct RouteTableTests {
    /// One row: the templates `A`, `B`, … by name, the request, and who answers with which values.
    struct Row: Sendable, CustomTestStringConvertible {
        var templates: [String]
        var path: String
        var answer: String?
        var values: [String: String] = [:]
        var absent: [String] = []

        init(
            _ templates: String...,
            at path: String,
            _ answer: String?,
            _ values: [String: String] = [:],
            absent: [String] = []
        ) {
            self.templates = templates
            self.path = path
            self.answer = answer
            self.values = values
            self.absent = absent
        }

        var testDescription: String { "\(templates) \(path)" }
    }

    static func table(_ templates: [String], prefix: String = "api") -> RouteTable {
        RouteTable(
            zip("ABCDEFGH", templates).map {
                RouteDefinition(functionName: String($0), template: $1, prefix: prefix)
            }
        )
    }

    @Test(arguments: [
        Row("hello", at: "/api/hello", "A"),
        Row("hello", at: "/API/Hello", "A"),
        Row("hello", at: "/api/h%65llo", "A"),
        Row("hello", at: "/api/hello/", "A"),
        Row("hello", at: "/api/hello//", nil),
        Row("hello", at: "/api//hello", nil),
        Row("hello", at: "//api/hello", nil),
        Row("hello", at: "/hello", nil),
        Row("hello", at: "/api", nil),
        Row("hello", at: "/", nil),
        Row("hello", at: "", nil),
        Row("hello", at: "api/hello", nil),
        Row("hello", at: "*", nil),
        Row("hello", at: "/api/hello/x", nil),
        Row("hello", at: "/api/hell", nil),
        Row("hello", at: "/api/helloo", nil),
        Row("hello", at: "/api/../api/hello", nil),
        Row("grüße", at: "/api/GR%C3%9CSSE", nil),
        Row("grün", at: "/api/gr%C3%BCn", "A"),
        Row("grün", at: "/api/GR%C3%9CN", "A"),
        Row("a b", at: "/api/a%20b", "A"),
        Row("a/b", at: "/api/a%2Fb", nil),
    ]) func literalsIgnoreCase(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("users/{id}", at: "/api/users/7", "A", ["id": "7"]),
        Row("users/{id}", at: "/api/users/7/", "A", ["id": "7"]),
        Row("users/{id}", at: "/api/users", nil),
        Row("users/{id}", at: "/api/users/", nil),
        Row("users/{id}", at: "/api/users/a%2Fb", "A", ["id": "a/b"]),
        Row("users/{id}", at: "/api/users/a%252Fb", "A", ["id": "a%2Fb"]),
        Row("users/{id}", at: "/api/users/%zz%4", "A", ["id": "%zz%4"]),
        Row("users/{id}", at: "/api/users/%ff", "A", ["id": "\u{FFFD}"]),
        Row("users/{id}", at: "/api/users/..", "A", ["id": ".."]),
        Row("users/{id}", at: "/api/users/%2e%2e", "A", ["id": ".."]),
        Row("users/{id}", at: "/api/users/a+b", "A", ["id": "a+b"]),
        Row("users/{id?}", at: "/api/users", "A", absent: ["id"]),
        Row("users/{id?}", at: "/api/users/", "A", absent: ["id"]),
        Row("users/{id?}", at: "/api/users/7", "A", ["id": "7"]),
        Row("users/{id=me}", at: "/api/users", "A", ["id": "me"]),
        Row("users/{id=me}", at: "/api/users/7", "A", ["id": "7"]),
        Row("{a=x}/{b?}", at: "/api", "A", ["a": "x"], absent: ["b"]),
        Row("{a?}/end", at: "/api/end", nil),
        Row("{a?}/end", at: "/api/1/end", "A", ["a": "1"]),
        Row("files/{*path}", at: "/api/files", "A", absent: ["path"]),
        Row("files/{*path}", at: "/api/files/", "A", absent: ["path"]),
        Row("files/{*path}", at: "/api/files/a/b%20c", "A", ["path": "a/b c"]),
        Row("files/{**path}", at: "/api/files/a/b/", "A", ["path": "a/b/"]),
        Row("files/{*path}", at: "/api/files//a", nil),
        Row("files/{*path}", at: "/api/files/a//b", "A", ["path": "a//b"]),
        Row("files/{*path}", at: "/api/files/../etc", "A", ["path": "../etc"]),
        Row("files/{*path=index}", at: "/api/files", "A", ["path": "index"]),
        Row("{*any}", at: "/api", "A", absent: ["any"]),
        Row("{*any}", at: "/other", nil),
    ]) func parametersTakeSegments(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{name}.{ext}", at: "/api/a.b.c", "A", ["name": "a.b", "ext": "c"]),
        Row("{name}.{ext}", at: "/api/a", nil),
        Row("{name}.{ext}", at: "/api/.b", nil),
        Row("{name}.{ext}", at: "/api/a.", nil),
        Row("{name}.{ext?}", at: "/api/a.b", "A", ["name": "a", "ext": "b"]),
        Row("{name}.{ext?}", at: "/api/a", "A", ["name": "a"], absent: ["ext"]),
        Row("{name}.{ext?}", at: "/api/a.", nil),
        Row("{name}.{ext?}", at: "/api/.b", "A", ["name": ".b"], absent: ["ext"]),
        Row("v{major}-{minor}", at: "/api/V1-2", "A", ["major": "1", "minor": "2"]),
        Row("v{major}-{minor}", at: "/api/v1-2-3", "A", ["major": "1-2", "minor": "3"]),
        Row("v{major}-{minor}", at: "/api/xv1-2", nil),
        Row("{a}x", at: "/api/ax", "A", ["a": "a"]),
        Row("{a}x", at: "/api/axb", nil),
        Row("{a}x", at: "/api/x", nil),
        Row("{a:int}.json", at: "/api/7.json", "A", ["a": "7"]),
        Row("{a:int}.json", at: "/api/b.json", nil),
    ]) func mixedSegmentsMatchFromTheRight(_ row: Row) { check(row) }

    @Test(arguments: [
        Row("{*any}", "users", at: "/api/users", "A", ["any": "users"]),
        Row("users", "{*any}", at: "/api/users", "A"),
        Row("users/{id}", "users/me", at: "/api/users/me", "A", ["id": "me"]),
        Row("{id:int}", "{name}", at: "/api/7", "A", ["id": "7"]),
        Row("{id:int}", "{name}", at: "/api/x", "B", ["name": "x"]),
        Row("{a}/{b}", "x/{*rest}", "x/y", at: "/api/x/y", "A", ["a": "x", "b": "y"]),
        Row("{a:int}/{b}", "x/{*rest}", "x/y", at: "/api/x/y", "B", ["rest": "y"]),
        Row("z", "x/{b:int}", "{a}/{b}", at: "/api/x/y", "C", ["a": "x", "b": "y"]),
    ]) func theFirstRegisteredRouteWins(_ row: Row) { check(row) }

    private func check(_ row: Row) {
        let table = Self.table(row.templates)
        #expect(table.problems.isEmpty)
        let match = table.match(method: "GET", path: row.path)
        #expect(match?.functionName == row.answer)
        #expect(match?.values ?? [:] == row.values)
        #expect(match?.absentParameters ?? [] == row.absent)
    }

    @Test func aMethodIsAConstraintAndNeverImplied() {
        let table = RouteTable([
            RouteDefinition(functionName: "List", template: "items", methods: ["get"]),
            RouteDefinition(functionName: "Make", template: "items", methods: ["POST"]),
            RouteDefinition(functionName: "Rest", template: "any"),
        ])
        #expect(table.match(method: "GET", path: "/api/items")?.functionName == "List")
        #expect(table.match(method: "post", path: "/api/items")?.functionName == "Make")
        for method in ["HEAD", "OPTIONS", "PUT", "", "GETT"] {
            #expect(table.match(method: method, path: "/api/items") == nil)
        }
        #expect(table.match(method: "BREW", path: "/api/any")?.functionName == "Rest")
    }

    @Test(arguments: ["", "/"]) func thePrefixMayBeEmpty(_ prefix: String) {
        let table = Self.table(["hello", "/"], prefix: prefix)
        #expect(table.match(method: "GET", path: "/hello")?.functionName == "A")
        #expect(table.match(method: "GET", path: "/")?.functionName == "B")
    }

    @Test func thePrefixMayHaveSeveralSegments() {
        let table = Self.table(["hello"], prefix: "/v1/api/")
        #expect(table.match(method: "GET", path: "/v1/api/hello")?.functionName == "A")
    }

    @Test func tenThousandRoutesKeepTheirOrder() {
        let definitions = (0..<10_000).map {
            RouteDefinition(functionName: "F\($0)", template: $0 % 2 == 0 ? "r\($0)/{id}" : "{kind}/r\($0)")
        }
        let table = RouteTable(definitions)
        #expect(table.count == 10_000)
        #expect(table.match(method: "GET", path: "/api/r9998/7")?.functionName == "F9998")
        #expect(table.match(method: "GET", path: "/api/x/r9999")?.functionName == "F9999")
        #expect(table.match(method: "GET", path: "/api/r8/r7")?.functionName == "F7")
        #expect(table.match(method: "GET", path: "/api/r6/r7")?.functionName == "F6")
    }
}
