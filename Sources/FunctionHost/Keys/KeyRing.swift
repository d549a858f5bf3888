package import FunctionKit

/// The access keys of the app in memory: one master key, host-wide function and system keys, and keys of single functions.
///
/// Which key opens what is ``AccessLevel``'s affair. A key is compared with every one that could open the endpoint, whatever
/// matches on the way, so that an answer's time tells nothing. ``KeyStore`` fills the ring and changes it.
package final class KeyRing: Sendable {
    /// The longest key that a request may present; a longer one is nobody's.
    package static let presentedBytesMax = 1024

    /// What a match of each kind adds to a result; the highest one counts, in Azure's order.
    private enum Match {
        static let master: UInt64 = 8
        static let system: UInt64 = 4
        static let hostFunction: UInt64 = 2
        static let function: UInt64 = 1
    }

    private struct Table: Sendable {
        /// All keys by the id of their documents.
        var keys: [String: Key] = [:]
        /// The host's own keys with what they count for.
        var host: [String: (digest: KeyDigest, match: UInt64)] = [:]
        /// The keys of functions, by the function's name in lower case.
        var functions: [String: [String: KeyDigest]] = [:]

        mutating func put(_ key: Key) {
            keys[key.id] = key
            let digest = KeyDigest(key.value)
            switch key.scope {
            case .master: host[key.id] = (digest, Match.master)
            case .hostSystem: host[key.id] = (digest, Match.system)
            case .hostFunction: host[key.id] = (digest, Match.hostFunction)
            case .function(let name): functions[name.lowercased(), default: [:]][key.id] = digest
            }
        }

        mutating func remove(_ id: String) {
            guard let key = keys.removeValue(forKey: id) else { return }
            host[id] = nil
            guard case .function(let name) = key.scope else { return }
            functions[name.lowercased()]?[id] = nil
            if functions[name.lowercased()]?.isEmpty == true { functions[name.lowercased()] = nil }
        }

        /// The matches of a presented key among the host's keys and those of one function.
        func matches(_ presented: KeyDigest, of function: String) -> UInt64 {
            var found: UInt64 = 0
            for entry in host.values { found |= entry.digest.mask(equalTo: presented) & entry.match }
            if let own = functions[function] {
                for digest in own.values { found |= digest.mask(equalTo: presented) & Match.function }
            }
            return found
        }
    }

    private let table: LockedState<Table>

    /// Makes a ring of these keys.
    package init(_ keys: [Key] = []) {
        var table = Table()
        for key in keys { table.put(key) }
        self.table = LockedState(table)
    }

    /// What the key of a request opens at a function; ``AccessLevel/anonymous`` without one, or with one nobody knows.
    ///
    /// - Parameter function: the function's name; empty for the host's own endpoints.
    package func access(of request: HTTPRequest, to function: String) -> AccessLevel {
        guard let presented = Self.presented(in: request) else { return .anonymous }
        return access(presented, to: function)
    }

    /// What a key opens at a function. A value that several keys have counts for the first of: master, system, host function,
    /// this function.
    package func access(_ presented: String, to function: String) -> AccessLevel {
        guard let digest = Self.digest(presented) else { return .anonymous }
        let found = table.withLock { $0 }.matches(digest, of: function.lowercased())
        if found >= Match.master { return .admin }
        if found >= Match.system { return .system }
        return found > 0 ? .function : .anonymous
    }

    /// What the key of a request opens at the endpoint of an extension: ``AccessLevel/admin`` with the master key,
    /// ``AccessLevel/system`` with the extension's own system key, ``AccessLevel/function`` with any other key of the host.
    func access(of request: HTTPRequest, toExtension name: String) -> AccessLevel {
        guard let digest = Self.presented(in: request).flatMap(Self.digest) else { return .anonymous }
        let table = table.withLock { $0 }
        let found = table.matches(digest, of: "")
        let own = find("\(name)_extension", in: .hostSystem).map { KeyDigest($0.value).mask(equalTo: digest) } ?? 0
        if found >= Match.master { return .admin }
        if own != 0 { return .system }
        return found > 0 ? .function : .anonymous
    }

    /// The keys of a scope, ordered by name.
    package func keys(in scope: Key.Scope) -> [Key] {
        let text = scope.text
        return table.withLock { $0 }.keys.values.filter { $0.scope.text == text }.sorted { $0.id < $1.id }
    }

    /// All keys, ordered by scope and name.
    package var all: [Key] { table.withLock { $0 }.keys.values.sorted { $0.id < $1.id } }

    /// The key of a name, which compares without regard to case.
    package func find(_ name: String, in scope: Key.Scope) -> Key? {
        let table = table.withLock { $0 }
        if let key = table.keys["\(scope.text)/\(name)"] { return key }
        let text = scope.text
        return table.keys.values.first { $0.scope.text == text && equalsIgnoringASCIICase($0.name, name) }
    }

    /// Makes keys count from now on, and others no more.
    func apply(put keys: [Key], remove ids: [String] = []) {
        table.withLock { table in
            for id in ids { table.remove(id) }
            for key in keys { table.put(key) }
        }
    }

    /// The key in `x-functions-key`, else in the query's `code`. An empty header is no key, and nothing else is looked at then.
    private static func presented(in request: HTTPRequest) -> String? {
        let key = request.headers["x-functions-key"] ?? request.query.flatMap { code(in: $0) }
        return key?.isEmpty == false ? key : nil
    }

    /// The first `code` of a query, its name in any case as ASP.NET reads it.
    private static func code(in query: String) -> String? {
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            // Nearly every name ends here, without being decoded.
            guard let name = parts.first, name.count == 4 || name.contains(UInt8(ascii: "%")),
                equalsIgnoringASCIICase(percentDecoded(name), "code")
            else { continue }
            let value = parts.count > 1 ? parts[1] : ""[...].utf8
            return percentDecoded(value.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
        }
        return nil
    }

    private static func digest(_ presented: String) -> KeyDigest? {
        (1...presentedBytesMax).contains(presented.utf8.count) ? KeyDigest(presented) : nil
    }
}
