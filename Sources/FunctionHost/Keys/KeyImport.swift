import FunctionKit

/// What an import of Azure's key files did, or would do. It names keys and never shows their values.
package struct KeyImport: Codable, Sendable, Equatable {
    /// What becomes of one key.
    package enum Action: String, Codable, Sendable {
        /// There is no such key yet.
        case create
        /// A key of this name has another value now.
        case replace
        /// The key is there already, with this value.
        case keep
    }

    /// One key of the files.
    package struct Entry: Codable, Sendable, Equatable {
        /// The file that it comes from.
        package var file: String
        /// What it belongs to, as ``Key/Scope/text``.
        package var scope: String
        /// Its name.
        package var name: String
        /// What becomes of it.
        package var action: Action
    }

    /// The keys in the order of files.
    package var keys: [Entry] = []
    /// Files that are left out, each with its reason.
    package var skipped: [String] = []
    /// Why nothing was imported; empty when the files are in order.
    package var problems: [String] = []
    /// True when the keys count now.
    package var isDone = false

    /// The most keys that one import takes: 900.
    package static let keysMax = 900
    /// The largest file: 256 KiB.
    package static let fileBytesMax = 262_144
    /// The most files: 1,000.
    package static let filesMax = 1000

    private enum CodingKeys: String, CodingKey {
        case keys
        case skipped
        case problems
        case isDone = "done"
    }
}

extension KeyStore {
    /// Takes over the keys of Azure's key files, all together or, when anything is wrong with one of them, none.
    ///
    /// Keys that the files do not name stay as they are.
    /// - Parameters:
    ///   - files: contents by file name: `host.json`, `<function>.json`.
    ///   - isDryRun: true only tells what would happen.
    /// - Throws: `StoreError` when the keys cannot be committed.
    package func importKeys(from files: [String: [UInt8]], isDryRun: Bool) async throws -> KeyImport {
        try await turns.take {
            var result = KeyImport()
            var keys: [Key] = []
            var seen: Set<String> = []
            for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
                guard let reason = Self.reasonToSkip(name) else {
                    keys += read(name, bytes, &seen, &result)
                    continue
                }
                result.skipped.append("\(name): \(reason)")
            }
            checkBounds(keys, &result)
            guard result.problems.isEmpty, !isDryRun else { return result }
            let changed = zip(keys, result.keys).filter { $1.action != .keep }.map { $0.0 }
            if !changed.isEmpty { try await commit(changed) }
            result.isDone = true
            logger?.info("\(changed.count) keys were imported.")
            return result
        }
    }

    private static func reasonToSkip(_ name: String) -> String? {
        guard name.lowercased().hasSuffix(".json") else { return "It is no key file." }
        let owner = String(name.dropLast(5))
        if owner.lowercased().contains(".snapshot.") { return "It is a snapshot of keys that Azure could not decrypt." }
        guard equalsIgnoringASCIICase(owner, "host") || FunctionName.isValid(owner) else {
            return "'\(owner)' is not a valid function name."
        }
        return nil
    }

    private func read(_ name: String, _ bytes: [UInt8], _ seen: inout Set<String>, _ result: inout KeyImport) -> [Key] {
        do throws(KeyFile.Problem) {
            return try KeyFile.read(name, bytes).compactMap { key in
                do throws(KeyError) {
                    try Self.check(name: key.name, value: key.value, in: key.scope)
                } catch {
                    result.problems.append("\(name): \(key.name): \(error.description)")
                    return nil
                }
                return plan(key, from: name, &seen, &result)
            }
        } catch {
            result.problems.append(error.description)
            return []
        }
    }

    /// Notes what becomes of a key; an existing one keeps the spelling of its name.
    private func plan(_ key: Key, from file: String, _ seen: inout Set<String>, _ result: inout KeyImport) -> Key {
        let old = ring.find(key.name, in: key.scope)
        var key = key
        key.name = old?.name ?? key.name
        if !seen.insert(key.id.lowercased()).inserted {
            result.problems.append("\(file): The key '\(key.name)' is there twice.")
        }
        result.keys.append(
            KeyImport.Entry(
                file: file,
                scope: key.scope.text,
                name: key.name,
                action: old == nil ? .create : old?.value == key.value ? .keep : .replace
            )
        )
        return key
    }

    private func checkBounds(_ keys: [Key], _ result: inout KeyImport) {
        if keys.count > KeyImport.keysMax {
            result.problems.append(
                "An import takes \(KeyImport.keysMax) keys, and these are \(keys.count). Import some files first."
            )
        }
        let created = zip(keys, result.keys).filter { $1.action == .create }.map { $0.0 }
        let scopes = Dictionary(grouping: created, by: \.scope.text)
        for (text, new) in scopes.sorted(by: { $0.key < $1.key }) {
            guard let scope = Key.Scope(text: text), ring.keys(in: scope).count + new.count > Self.keysPerScopeMax
            else {
                continue
            }
            result.problems.append(KeyError.tooMany(in: scope).description)
        }
    }
}
