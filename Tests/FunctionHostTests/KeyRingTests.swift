import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Which key opens what.
struct KeyRingTests {
    private let ring = KeyRing([
        Key(scope: .master, name: "master", value: "the-master-key"),
        Key(scope: .hostFunction, name: "default", value: "a-host-key"),
        Key(scope: .hostSystem, name: "ext", value: "a-system-key"),
        Key(scope: .function("health"), name: "default", value: "healths-own-key"),
    ])

    @Test(arguments: [
        ("the-master-key", "health", AccessLevel.admin),
        ("a-host-key", "health", .function),
        ("a-system-key", "health", .system),
        ("healths-own-key", "health", .function),
        ("healths-own-key", "HEALTH", .function),
        ("healths-own-key", "other", .anonymous),
        ("The-Master-Key", "health", .anonymous),
        ("the-master-ke", "health", .anonymous),
        ("the-master-key ", "health", .anonymous),
        ("", "health", .anonymous),
        (String(repeating: "x", count: 5000), "health", .anonymous),
    ])
    func opensByScope(key: String, function: String, expected: AccessLevel) {
        let header = HTTPRequest(path: "/api/x", headers: ["X-Functions-Key": key])
        let query = HTTPRequest(path: "/api/x", query: "a=1&code=\(percentEncoded(key))")
        #expect(ring.access(of: header, to: function) == expected)
        #expect(ring.access(of: query, to: function) == expected)
    }

    @Test func headerComesBeforeTheQuery() {
        let request = HTTPRequest(path: "/", query: "code=the-master-key", headers: ["x-functions-key": "wrong"])
        #expect(ring.access(of: request, to: "health") == .anonymous)
    }

    @Test func makesKeysOnceAndKeepsThem() async throws {
        let app = TestApp()
        let store = app.store.tenant(.host)
        let first = try await KeyRing(loadingFrom: store, random: app.random)
        let keys = try await store.collection(.keys).page().items.map(\.value)
        #expect(keys.map(\.scope.text).sorted() == ["host.function", "master"])
        let master = try #require(keys.first { $0.scope == .master })
        #expect(master.value.utf8.count == 54)
        let second = try await KeyRing(loadingFrom: store, random: app.random)
        #expect(first.access(master.value, to: "any") == .admin)
        #expect(second.access(master.value, to: "any") == .admin)
    }

    @Test(arguments: [
        (AccessLevel.anonymous, AccessLevel.anonymous, true), (.anonymous, .function, false),
        (.function, .function, true), (.system, .function, false), (.system, .system, true),
        (.function, .system, false), (.function, .admin, false), (.system, .admin, false),
        (.admin, .function, true), (.admin, .system, true), (.admin, .admin, true),
    ])
    func levelsAreNoLadder(held: AccessLevel, required: AccessLevel, opens: Bool) {
        #expect(held.opens(required) == opens)
    }
}
