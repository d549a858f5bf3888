import FunctionKit
import Testing

/// What a request's query and cookies hold.
struct HTTPRequestTests {
    @Test(
        arguments: [
            (nil, "a", nil), ("", "a", nil), ("", "", nil), ("a", "a", ""), ("a=", "a", ""), ("a=1", "a", "1"),
            ("a=1&a=2", "a", "1"), ("b=2&a=1", "a", "1"), ("&&a=1&&", "a", "1"), ("a=1=2", "a", "1=2"),
            ("A=1", "a", nil),
            ("ab=1", "a", nil), ("=x", "", "x"), ("=", "", ""), ("&", "", nil),
            ("a=b+c", "a", "b c"), ("a=b%2Bc", "a", "b+c"), ("a=b%20c", "a", "b c"), ("a+b=1", "a b", "1"),
            ("%61=1", "a", "1"), ("a%3Db=1", "a=b", "1"), ("a=%26b=2", "a", "&b=2"), ("a=%2541", "a", "%41"),
            ("a=%", "a", "%"), ("a=%4", "a", "%4"), ("a=%zz", "a", "%zz"), ("a=%4%31", "a", "%41"),
            ("a=%C3%A9", "a", "é"),
            ("a=%FF", "a", "\u{FFFD}"), ("a=%00", "a", "\0"), ("a=1;b=2", "b", nil), ("a[]=1", "a[]", "1"),
        ] as [(String?, String, String?)]
    )
    func aQueryParameterIsDecoded(query: String?, name: String, value: String?) {
        #expect(HTTPRequest(path: "/", query: query).queryValue(name) == value)
    }

    @Test(
        arguments: [
            ([], nil), ([""], nil), (["s=1"], "1"), (["a=0; s=1"], "1"), (["a=0;s=1"], "1"), (["s=1; s=2"], "1"),
            (["a=0", "s=1", "s=2"], "1"), (["s="], ""), (["s"], nil), (["s=a=b"], "a=b"), (["s=\"1\""], "\"1\""),
            (["S=1"], nil), (["xs=1"], nil), (["sx=1"], nil), ([" s=1 "], "1"), (["\ts=1\t; a=2"], "1"),
            ([";;; s=1;"], "1"),
            (["=1"], nil), (["s=%31"], "%31"), (["a=\"; s=1"], "1"), (["s =1"], nil),
        ] as [([String], String?)]
    )
    func aCookieIsFound(headers: [String], value: String?) {
        let fields = HTTPFields(headers.map { .init(name: "cookie", value: $0) })
        #expect(HTTPRequest(path: "/", headers: fields).cookie("s") == value)
    }

    @Test func aRequestHasQuietDefaults() {
        let request = HTTPRequest(path: "/api/x")
        #expect(request.method == .get)
        #expect(request.query == nil)
        #expect(request.headers.isEmpty)
        #expect(request.body.isEmpty)
        #expect(request.routeValues.isEmpty)
        #expect(request.access == .anonymous)
    }

    @Test(arguments: [
        ("GET", true), ("HEAD", true), ("OPTIONS", true), ("TRACE", true), ("POST", false), ("PUT", false),
        ("PATCH", false), ("DELETE", false), ("get", false), ("PROPFIND", false), ("", false),
    ])
    func someMethodsAreSafe(method: String, isSafe: Bool) {
        #expect(HTTPMethod(rawValue: method).isSafe == isSafe)
        #expect(HTTPMethod(rawValue: method).description == method)
    }

    @Test func aKeyOpensItsOwnLevelAndTheMasterKeyAll() {
        for level in AccessLevel.allCases {
            let opened = AccessLevel.allCases.filter { level.opens($0) }
            switch level {
            case .anonymous: #expect(opened == [.anonymous])
            case .function: #expect(opened == [.anonymous, .function])
            case .system: #expect(opened == [.anonymous, .system])
            case .admin: #expect(opened == [.anonymous, .function, .system, .admin])
            }
        }
    }
}
