import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Which key opens what.
struct KeyRingTests {
    private let ring = KeyRing([
        Key(scope: .master, name: "master", value: "the-master-key"),
        Key(scope: .hostFunction, name: "default", value: "a-host-key"),
        Key(scope: .hostSystem, name: "other_extension", value: "a-system-key"),
        Key(scope: .hostSystem, name: "eventgrid_extension", value: "the-grid-key"),
        Key(scope: .function("health"), name: "default", value: "healths-own-key"),
        Key(scope: .function("health"), name: "second", value: "schlüssel ❤ =&%+"),
        Key(scope: .function("other"), name: "default", value: "others-own-key"),
        // Values that several scopes have.
        Key(scope: .hostFunction, name: "twice", value: "system-and-host"),
        Key(scope: .hostSystem, name: "twice", value: "system-and-host"),
        Key(scope: .function("other"), name: "twice", value: "a-host-key"),
        Key(scope: .function("health"), name: "twice", value: "the-master-key"),
    ])

    @Test(arguments: [
        ("the-master-key", "health", AccessLevel.admin),
        ("the-master-key", "", .admin),
        ("a-host-key", "health", .function),
        ("a-host-key", "", .function),
        ("a-host-key", "other", .function),
        ("a-system-key", "health", .system),
        ("system-and-host", "health", .system),
        ("healths-own-key", "health", .function),
        ("healths-own-key", "HEALTH", .function),
        ("healths-own-key", "other", .anonymous),
        ("healths-own-key", "", .anonymous),
        ("others-own-key", "health", .anonymous),
        ("schlüssel ❤ =&%+", "health", .function),
        ("schlu\u{308}ssel ❤ =&%+", "health", .anonymous),
        ("The-Master-Key", "health", .anonymous),
        ("the-master-ke", "health", .anonymous),
        ("the-master-key ", "health", .anonymous),
        ("", "health", .anonymous),
        (String(repeating: "x", count: 1024), "health", .anonymous),
        (String(repeating: "x", count: 1 << 20), "health", .anonymous),
    ])
    func opensByScope(key: String, function: String, expected: AccessLevel) {
        let header = HTTPRequest(path: "/api/x", headers: ["X-Functions-Key": key])
        let query = HTTPRequest(path: "/api/x", query: "a=1&code=\(percentEncoded(key))")
        #expect(ring.access(of: header, to: function) == expected)
        #expect(ring.access(of: query, to: function) == expected)
    }

    @Test(
        arguments: [
            ("code=the-master-key", "wrong", AccessLevel.anonymous), ("code=wrong", "the-master-key", .admin),
            ("code=the-master-key", "", .anonymous), ("code=the-master-key", nil, .admin),
            ("CODE=the-master-key", nil, .admin), ("c%6Fde=the-master-key", nil, .admin),
            ("code=wrong&code=the-master-key", nil, .anonymous), ("code=the-master-key&code=wrong", nil, .admin),
            ("code=&code=the-master-key", nil, .anonymous), ("code", nil, .anonymous), ("code=", nil, .anonymous),
            ("xcode=the-master-key", nil, .anonymous), ("&&code=the-master-key", nil, .admin), ("=", nil, .anonymous),
        ] as [(String, String?, AccessLevel)]
    )
    func theHeaderComesBeforeTheFirstCode(query: String, header: String?, expected: AccessLevel) {
        var request = HTTPRequest(path: "/", query: query)
        if let header { request.headers.append("x-functions-key", header) }
        #expect(ring.access(of: request, to: "health") == expected)
    }

    @Test func theFirstOfSeveralHeadersCounts() {
        var request = HTTPRequest(path: "/", headers: ["x-functions-key": "wrong"])
        request.headers.append("x-functions-key", "the-master-key")
        #expect(ring.access(of: request, to: "health") == .anonymous)
    }

    @Test(arguments: [
        ("the-grid-key", AccessLevel.system), ("the-master-key", .admin), ("a-system-key", .function),
        ("a-host-key", .function), ("wrong", .anonymous), ("", .anonymous),
    ])
    func anExtensionHasAKeyOfItsOwn(key: String, expected: AccessLevel) {
        let request = HTTPRequest(path: "/", headers: ["x-functions-key": key])
        #expect(ring.access(of: request, toExtension: "EventGrid") == expected)
    }

    @Test func aChangeCountsAtOnce() {
        ring.apply(put: [Key(scope: .function("health"), name: "default", value: "new")])
        #expect(ring.access("new", to: "health") == .function)
        #expect(ring.access("healths-own-key", to: "health") == .anonymous)
        ring.apply(put: [], remove: ["function.health/default", "none"])
        #expect(ring.access("new", to: "health") == .anonymous)
        #expect(ring.keys(in: .function("HEALTH")).map(\.name) == ["second", "twice"])
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
