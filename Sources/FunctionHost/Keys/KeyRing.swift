import Crypto
package import FunctionKit

/// The access keys of the app: one master key, host-wide function and system keys, and keys of single functions.
///
/// Which key opens what is ``AccessLevel``'s affair. The ring is read from the `_host` partition at start and kept in memory;
/// a key is compared with every known one in constant time, so that an answer's time tells nothing.
package final class KeyRing: Sendable {
    /// Random bytes in a generated key: 40, as Azure's.
    package static let keyBytes = 40
    /// The longest key that a request may present; a longer one is nobody's.
    package static let presentedBytesMax = 1024

    private let keys: LockedState<[Key]>

    /// Makes a ring of these keys.
    package init(_ keys: [Key]) { self.keys = LockedState(keys) }

    /// Reads the ring, and makes the master key and the host's default function key when they are not there yet.
    package convenience init(loadingFrom store: TenantStore, random: any RandomSource) async throws {
        let collection = store.collection(.keys)
        for (scope, name) in [(Key.Scope.master, "master"), (.hostFunction, "default")] {
            let key = Key(scope: scope, name: name, value: Self.newValue(random))
            if try await collection.get(key.id) == nil { _ = try await collection.create(key, id: key.id) }
        }
        var keys: [Key] = []
        try await collection.forEach { keys.append($0.value) }
        self.init(keys)
    }

    /// What the key of a request opens at a function; ``AccessLevel/anonymous`` without one, or with one nobody knows.
    package func access(of request: HTTPRequest, to function: String) -> AccessLevel {
        guard let presented = Self.presented(in: request) else { return .anonymous }
        return access(presented, to: function)
    }

    /// What a key opens at a function.
    package func access(_ presented: String, to function: String) -> AccessLevel {
        guard presented.utf8.count <= Self.presentedBytesMax else { return .anonymous }
        var result = AccessLevel.anonymous
        for key in keys.withLock({ $0 }) where constantTimeEquals(key.value.utf8, presented.utf8) {
            let level = key.scope.level(at: function)
            if result == .anonymous || level == .admin { result = level }
        }
        return result
    }

    /// The key in `x-functions-key`, else in the query's `code`.
    private static func presented(in request: HTTPRequest) -> String? {
        let key = request.headers["x-functions-key"] ?? request.queryValue("code")
        return key?.isEmpty == false ? key : nil
    }

    private static func newValue(_ random: any RandomSource) -> String {
        base64URLText(random.bytes(keyBytes))
    }
}

/// An access key as it is kept in the `_host` partition.
package struct Key: Codable, Sendable, Hashable {
    /// What a key belongs to.
    package enum Scope: Codable, Sendable, Hashable {
        /// Opens everything.
        case master
        /// Opens every function.
        case hostFunction
        /// Opens system endpoints.
        case hostSystem
        /// Opens one function.
        case function(String)

        /// What the key opens at a function.
        func level(at function: String) -> AccessLevel {
            switch self {
            case .master: .admin
            case .hostFunction: .function
            case .hostSystem: .system
            case .function(let name): equalsIgnoringASCIICase(name, function) ? .function : .anonymous
            }
        }

        /// The text form: `master`, `host.function`, `host.system`, `function.<name>`.
        package var text: String {
            switch self {
            case .master: "master"
            case .hostFunction: "host.function"
            case .hostSystem: "host.system"
            case .function(let name): "function.\(name.lowercased())"
            }
        }

        /// Reads the text form.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            switch try container.decode(String.self) {
            case "master": self = .master
            case "host.function": self = .hostFunction
            case "host.system": self = .hostSystem
            case let text where text.hasPrefix("function."): self = .function(String(text.dropFirst(9)))
            case let text:
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "'\(text)' is not the scope of a key."
                )
            }
        }

        /// Writes the text form.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    /// What the key belongs to.
    package var scope: Scope
    /// Its name within the scope.
    package var name: String
    /// The secret.
    package var value: String

    /// Makes a key.
    package init(scope: Scope, name: String, value: String) {
        self.scope = scope
        self.name = name
        self.value = value
    }

    /// The id of its document.
    package var id: String { "\(scope.text)/\(name)" }
}

extension CollectionDefinition where Document == Key {
    /// The access keys, in the `_host` partition.
    package static var keys: CollectionDefinition<Key> { CollectionDefinition("keys") }
}
