package import FunctionKit

/// The access keys in the `_host` partition, and the one way to change them.
///
/// A change is committed first and counts then, at once: a commit that fails changes nothing, and whoever was told of success finds the
/// change after any crash. Changes are made one after another, so that of two that meet both are whole and the later one stays.
package final class KeyStore: Sendable {
    /// The most keys of one scope: 100.
    package static let keysPerScopeMax = 100
    /// The longest name of a key: 100 bytes.
    package static let nameBytesMax = 100
    /// The longest value of a key: 1,024 bytes, the longest one that a request may present.
    package static let valueBytesMax = KeyRing.presentedBytesMax

    /// The keys that count now.
    package let ring: KeyRing
    let store: TenantStore
    let random: any RandomSource
    let logger: Logger?
    let turns = Turns()

    /// A key that was set, and whether it was there before.
    package struct Change: Sendable {
        /// The key as it is now.
        package var key: Key
        /// True when no key had this name before.
        package var isNew: Bool
    }

    /// Makes a store whose keys are in the ring already.
    package init(ring: KeyRing, store: TenantStore, random: any RandomSource, logger: Logger? = nil) {
        self.ring = ring
        self.store = store
        self.random = random
        self.logger = logger
    }

    /// Reads all keys, and makes the master key and the host's default function key when they are not there yet.
    package static func open(
        _ store: TenantStore,
        random: any RandomSource,
        logger: Logger? = nil
    ) async throws -> KeyStore {
        let collection = store.collection(.keys)
        var keys: [Key] = []
        try await collection.forEach { keys.append($0.value) }
        for (scope, name) in [(Key.Scope.master, Key.masterName), (.hostFunction, Key.defaultName)]
        where !keys.contains(where: { $0.scope == scope }) {
            let key = Key(scope: scope, name: name, value: KeyValue.make(for: scope, random: random))
            _ = try await collection.create(key, id: key.id)
            keys.append(key)
        }
        return KeyStore(ring: KeyRing(keys), store: store, random: random, logger: logger)
    }

    /// The keys of a scope, ordered by name. A function's `default` key is made when its keys are asked for the first time.
    package func keys(in scope: Key.Scope) async throws -> [Key] {
        try await makeDefault(in: scope)
        return ring.keys(in: scope)
    }

    /// The key of a name, which compares without regard to case; nil when there is none.
    package func key(_ name: String, in scope: Key.Scope) async throws -> Key? {
        try await makeDefault(in: scope)
        return ring.find(name, in: scope)
    }

    /// Sets a key to a value, or to a new random one. An existing key keeps the spelling of its name.
    ///
    /// - Throws: ``KeyError`` when the name or the value breaks a rule; `StoreError` when it cannot be committed.
    package func set(_ name: String, to value: String?, in scope: Key.Scope) async throws -> Change {
        try Self.check(name: name, value: value, in: scope)
        let change = try await turns.take {
            let old = ring.find(name, in: scope)
            guard old != nil || ring.keys(in: scope).count < Self.keysPerScopeMax else {
                throw KeyError.tooMany(in: scope)
            }
            let value = value ?? KeyValue.make(for: scope, random: random)
            let key = Key(scope: scope.normalized, name: old?.name ?? name, value: value)
            try await commit([key])
            return Change(key: key, isNew: old == nil)
        }
        logger?.info("Key '\(change.key.name)' of '\(scope.text)' was \(change.isNew ? "created" : "replaced").")
        return change
    }

    /// Deletes a key.
    ///
    /// - Returns: false when there is none of this name.
    /// - Throws: ``KeyError/undeletable`` for the master key; `StoreError` when it cannot be committed.
    package func delete(_ name: String, in scope: Key.Scope) async throws -> Bool {
        guard scope != .master, name.lowercased() != Key.masterURLName else { throw KeyError.undeletable }
        let deleted = try await turns.take { () -> Key? in
            guard let key = ring.find(name, in: scope) else { return nil }
            try await store.collection(.keys).delete(key.id)
            ring.apply(put: [], remove: [key.id])
            return key
        }
        guard let deleted else { return false }
        logger?.info("Key '\(deleted.name)' of '\(scope.text)' was deleted.")
        return true
    }

    /// Deletes all keys of a function, as if they had never been asked for.
    package func forget(function: String) async throws {
        let scope = Key.Scope.function(function)
        try await turns.take {
            let ids = ring.keys(in: scope).map(\.id)
            try await store.transaction { transaction in
                for id in ids { try transaction.delete(id, from: .keys) }
                try transaction.delete(scope.text, from: .keyScopes)
            }
            ring.apply(put: [], remove: ids)
        }
    }

    /// Commits keys together, then lets them count. The caller has the turn.
    func commit(_ keys: [Key]) async throws {
        try await store.transaction { transaction in
            for key in keys { try transaction.upsert(key, id: key.id, in: .keys) }
            for scope in Set(keys.map(\.scope.text)).sorted() where scope.hasPrefix("function.") {
                guard let scope = Key.Scope(text: scope) else { continue }
                try transaction.upsert(KeyScopeRecord(scope: scope), id: scope.text, in: .keyScopes)
            }
        }
        ring.apply(put: keys)
    }

    /// Checks a name and, unless it is to be generated, a value.
    static func check(name: String, value: String?, in scope: Key.Scope) throws(KeyError) {
        guard name.lowercased() != Key.masterURLName else { throw .misplacedMaster }
        guard (1...nameBytesMax).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalidName
        }
        guard let value else { return }
        guard !value.isEmpty else { throw .invalidValue }
        guard value.utf8.count <= valueBytesMax else { throw .valueTooLong(name) }
    }

    private func makeDefault(in scope: Key.Scope) async throws {
        guard case .function = scope, ring.keys(in: scope).isEmpty,
            try await store.collection(.keyScopes).get(scope.text) == nil
        else { return }
        try await turns.take {
            guard ring.keys(in: scope).isEmpty else { return }
            let value = KeyValue.make(for: scope, random: random)
            try await commit([Key(scope: scope.normalized, name: Key.defaultName, value: value)])
        }
    }
}
