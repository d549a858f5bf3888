import FunctionKit
import FunctionTesting
import Testing

@testable import FunctionHost

/// Changes of keys: durable before they count, one after another, within bounds.
struct KeyStoreTests {
    private let app = TestApp()
    private let engine: FaultyStoreEngine

    init() { engine = FaultyStoreEngine(app.engine) }

    private var partition: TenantStore {
        Store(engine: engine, clock: app.clock, random: app.random, logger: app.context().logger).tenant(.host)
    }

    private func open() async throws -> KeyStore { try await KeyStore.open(partition, random: app.random) }

    private func stored() async throws -> [Key] {
        var keys: [Key] = []
        try await partition.collection(.keys).forEach { keys.append($0.value) }
        return keys.sorted { $0.id < $1.id }
    }

    @Test func theFirstKeysAreMadeOnceAndKept() async throws {
        let first = try await open()
        let keys = try await stored()
        #expect(keys.map(\.id) == ["host.function/default", "master/master"])
        for key in keys { #expect(KeyValue.isGenerated(key.value, for: key.scope)) }
        let second = try await open()
        #expect(try await stored() == keys)
        #expect(first.ring.all == second.ring.all)
        #expect(second.ring.access(keys[1].value, to: "any") == .admin)
    }

    @Test func aFunctionsDefaultKeyIsMadeWhenItIsAskedForAndStaysDeleted() async throws {
        let keys = try await open()
        #expect(keys.ring.keys(in: .function("hello")).isEmpty)
        let made = try await keys.keys(in: .function("Hello"))
        #expect(made.map(\.name) == ["default"])
        #expect(KeyValue.isGenerated(try #require(made.first).value, for: .function("hello")))
        #expect(try await keys.keys(in: .function("hello")) == made)
        #expect(try await open().keys(in: .function("HELLO")) == made)
        #expect(try await keys.delete("default", in: .function("hello")))
        #expect(try await keys.keys(in: .function("hello")).isEmpty)
        #expect(try await open().keys(in: .function("hello")).isEmpty)
        try await keys.forget(function: "hello")
        #expect(try await keys.keys(in: .function("hello")).map(\.name) == ["default"])
    }

    @Test func aFunctionWithAKeyOfItsOwnGetsNoDefaultOne() async throws {
        let keys = try await open()
        _ = try await keys.set("mine", to: "value", in: .function("hello"))
        #expect(try await keys.keys(in: .function("hello")).map(\.name) == ["mine"])
    }

    @Test func aKeyIsSetReplacedAndDeleted() async throws {
        let keys = try await open()
        let created = try await keys.set("Ops", to: "one", in: .hostFunction)
        #expect(created.isNew)
        #expect(keys.ring.access("one", to: "hello") == .function)
        let replaced = try await keys.set("ops", to: nil, in: .hostFunction)
        #expect(!replaced.isNew)
        #expect(replaced.key.name == "Ops")
        #expect(KeyValue.isGenerated(replaced.key.value, for: .hostFunction))
        #expect(keys.ring.access("one", to: "hello") == .anonymous)
        #expect(keys.ring.access(replaced.key.value, to: "hello") == .function)
        #expect(try await stored().count == 3)
        #expect(try await keys.delete("OPS", in: .hostFunction))
        #expect(try await !keys.delete("ops", in: .hostFunction))
        #expect(keys.ring.access(replaced.key.value, to: "hello") == .anonymous)
        #expect(try await stored().count == 2)
    }

    @Test func aFailedCommitChangesNothing() async throws {
        let keys = try await open()
        let change = try await keys.set("ops", to: "old", in: .hostSystem)
        let before = keys.ring.all
        engine.inject { _, call in
            guard case .commit = call else { return nil }
            return StoreError(.unavailable, "The disk is full.")
        }
        await #expect(throws: StoreError.self) { _ = try await keys.set("ops", to: "new", in: .hostSystem) }
        await #expect(throws: StoreError.self) { _ = try await keys.set("more", to: nil, in: .hostSystem) }
        await #expect(throws: StoreError.self) { _ = try await keys.set("master", to: nil, in: .master) }
        await #expect(throws: StoreError.self) { _ = try await keys.delete("ops", in: .hostSystem) }
        await #expect(throws: StoreError.self) { _ = try await keys.keys(in: .function("hello")) }
        #expect(keys.ring.all == before)
        #expect(keys.ring.access(change.key.value, to: "") == .system)
        engine.inject { _, _ in nil }
        #expect(try await stored() == before)
        #expect(try await keys.set("ops", to: "new", in: .hostSystem).key.value == "new", "The turn was given back")
    }

    @Test func changesThatMeetAreAllWhole() async throws {
        let keys = try await open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask { _ = try await keys.set("shared", to: "value-\(number)", in: .hostFunction) }
                group.addTask { _ = try await keys.set("own-\(number)", to: nil, in: .hostFunction) }
                group.addTask { _ = try await keys.keys(in: .function("hello")) }
            }
            try await group.waitForAll()
        }
        #expect(keys.ring.all == (try await stored()), "What counts is what is stored")
        #expect(keys.ring.keys(in: .hostFunction).count == 42)
        #expect(keys.ring.keys(in: .function("hello")).count == 1)
        let shared = try #require(keys.ring.find("shared", in: .hostFunction))
        let accepted = (0..<40).filter { keys.ring.access("value-\($0)", to: "x") == .function }
        #expect(accepted.map { "value-\($0)" } == [shared.value])
    }

    @Test(
        arguments: [
            ("", "value", "A key's name has 1 to 100 bytes without control characters."),
            (
                String(repeating: "n", count: 101), "value",
                "A key's name has 1 to 100 bytes without control characters."
            ),
            ("a\nb", "value", "A key's name has 1 to 100 bytes without control characters."),
            ("_master", "value", "'_master' is the master key. Reach it as /admin/host/systemkeys/_master."),
            ("_Master", nil, "'_master' is the master key. Reach it as /admin/host/systemkeys/_master."),
            ("x", "", "Invalid key value"),
            (
                "x", String(repeating: "v", count: 1025),
                "The value of key 'x' is longer than 1024 bytes. Use a shorter one."
            ),
        ] as [(String, String?, String)]
    )
    func badNamesAndValuesAreRefused(name: String, value: String?, words: String) async throws {
        let keys = try await open()
        let before = keys.ring.all
        for scope in [Key.Scope.hostFunction, .hostSystem, .function("hello")] {
            let error = await #expect(throws: KeyError.self) { _ = try await keys.set(name, to: value, in: scope) }
            #expect(error?.description == words)
        }
        #expect(keys.ring.all == before)
    }

    @Test func aScopeIsBounded() async throws {
        let keys = try await open()
        for number in 0..<100 { _ = try await keys.set("k\(number)", to: nil, in: .function("hello")) }
        let error = await #expect(throws: KeyError.self) {
            _ = try await keys.set("more", to: nil, in: .function("hello"))
        }
        #expect(
            error?.description == "'function.hello' has 100 keys, the most it may have. Delete one first."
        )
        #expect(error?.response.status == .conflict)
        #expect(try await !keys.set("k7", to: nil, in: .function("hello")).isNew)
        #expect(try await keys.set("more", to: nil, in: .function("world")).isNew)
    }

    @Test(arguments: [(Key.Scope.master, "master"), (.hostSystem, "_master"), (.hostFunction, "_MASTER")])
    func theMasterKeyStays(scope: Key.Scope, name: String) async throws {
        let keys = try await open()
        let error = await #expect(throws: KeyError.self) { _ = try await keys.delete(name, in: scope) }
        #expect(error?.description == "Cannot delete System Key.")
    }
}
