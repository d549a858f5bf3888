import FunctionKit
import Testing

@testable import Portal

/// What may be asked of Mission, and every known way to ask for more.
struct MissionRouteTests {
    @Test(arguments: [
        ("GET", "donations"), ("GET", "donations/stats"), ("GET", "events"), ("GET", "groups"), ("GET", "directory"),
        ("GET", "prayer"), ("POST", "prayer"), ("GET", "events/"), ("GET", "%65vents"),
    ])
    func knows(method: String, path: String) throws {
        let route = try #require(MissionRoute(method: HTTPMethod(rawValue: method), rawPath: "/api/mission/\(path)"))
        let plain = path == "events/" || path == "%65vents" ? "events" : path
        #expect(route.path == plain)
    }

    @Test(arguments: [
        ("GET", ""), ("GET", "/"), ("GET", "members"), ("GET", "donations/1"), ("GET", "Donations"),
        ("POST", "donations"), ("POST", "events"), ("PUT", "prayer"), ("DELETE", "prayer"), ("HEAD", "prayer"),
        ("GET", "../admin"), ("GET", "donations/.."), ("GET", "donations/../events"), ("GET", "./events"),
        ("GET", "events/."), ("GET", "%2e%2e/admin"), ("GET", "%2E%2E%2Fadmin"), ("GET", "donations%2fstats"),
        ("GET", "donations%2Fstats"), ("GET", "donations%252fstats"), ("GET", "%252e%252e/admin"),
        ("GET", "/evil.example/events"), ("GET", "//evil.example"), ("GET", "events//"), ("GET", "/events"),
        ("GET", "http://evil.example/events"), ("GET", "http:%2f%2fevil.example"), ("GET", "..\\events"),
        ("GET", "donations\\stats"), ("GET", "%5cevents"), ("GET", "events%00"), ("GET", "events\u{0}"),
        ("GET", "events%0d%0aHost:evil"), ("GET", "events;x=1"), ("GET", "events%3fx"), ("GET", "events%23"),
        ("GET", "@evil.example"), ("GET", "events%20"), ("GET", "éevents"), ("GET", "events%c0%af"),
        ("GET", "mission/events"),
    ])
    func refuses(method: String, path: String) {
        #expect(MissionRoute(method: HTTPMethod(rawValue: method), rawPath: "/api/mission/\(path)") == nil)
    }

    @Test(arguments: ["/api/mission", "/api/missions/events", "/api/events", "", "mission"])
    func refusesOtherFunctionsPaths(path: String) {
        #expect(MissionRoute(method: .get, rawPath: path) == nil)
    }

    @Test(
        arguments: [
            (nil, ""), ("", ""), ("page=2&q=a%20b", "?page=2&q=a%20b"), ("code=master&page=2", "?page=2"),
            ("CODE=master", ""), ("c%6fde=master", ""), ("q=a b#c\"<é", "?q=a%20b%23c%22%3C%C3%A9"),
            ("q=a\r\nHost: x", "?q=a%0D%0AHost:%20x"),
        ] as [(String?, String)]
    )
    func passesTheQueryOnWithoutKeys(query: String?, forwarded: String) {
        #expect(MissionQuery.forwarded(query) == forwarded)
    }
}
