package import FunctionKit

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
        /// Opens one function. Names of functions compare without regard to case; the text form has them in lower case.
        case function(String)

        /// The text form: `master`, `host.function`, `host.system`, `function.<name>`.
        package var text: String {
            switch self {
            case .master: "master"
            case .hostFunction: "host.function"
            case .hostSystem: "host.system"
            case .function(let name): "function.\(name.lowercased())"
            }
        }

        /// The scope as it is stored: a function's name in lower case.
        var normalized: Scope {
            guard case .function(let name) = self else { return self }
            return .function(name.lowercased())
        }

        /// Reads the text form; nil for any other text.
        package init?(text: String) {
            switch text {
            case "master": self = .master
            case "host.function": self = .hostFunction
            case "host.system": self = .hostSystem
            case let text where text.hasPrefix("function."): self = .function(String(text.dropFirst(9)))
            default: return nil
            }
        }

        /// Reads the text form.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let scope = Scope(text: text) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "'\(text)' is not the scope of a key."
                )
            }
            self = scope
        }

        /// Writes the text form.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    /// The name of the master key in the `_host` partition; in URLs it is ``masterURLName``.
    package static let masterName = "master"
    /// The name under which the admin API knows the master key.
    package static let masterURLName = "_master"
    /// The name of the keys that are made without being asked for.
    package static let defaultName = "default"

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

/// Remembers that a scope has had its first key made, so that a default key which was deleted does not come back.
struct KeyScopeRecord: Codable, Sendable {
    var scope: Key.Scope
}

extension CollectionDefinition where Document == Key {
    /// The access keys, in the `_host` partition.
    package static var keys: CollectionDefinition<Key> { CollectionDefinition("keys") }
}

extension CollectionDefinition where Document == KeyScopeRecord {
    /// The functions whose keys have been made, in the `_host` partition.
    static var keyScopes: CollectionDefinition<KeyScopeRecord> { CollectionDefinition("key_scopes") }
}
