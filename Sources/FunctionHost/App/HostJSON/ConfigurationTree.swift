import FunctionKit

/// The leaves of a configuration file by their path, with the environment's overrides on top; names ignore case, as in .NET.
package struct ConfigurationTree: Sendable {
    private struct Leaf {
        var path: [String]
        var text: String
    }

    private var leaves: [[String]: Leaf] = [:]

    /// Makes a tree without a leaf.
    package init() {}

    /// Flattens a JSON object: lists become entries by index, null and empty objects vanish.
    package init(_ root: JSONValue) { add(root, at: []) }

    /// Applies the variables whose name begins with `<section>__` (or `<section>:`); `__` and `:` separate the path's parts.
    package mutating func override(from environment: [String: String], section: String) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            let path = Self.parts(of: name)
            guard path.count > 1, equalsIgnoringASCIICase(path[0], section) else { continue }
            set(Array(path.dropFirst()), to: value)
        }
    }

    /// All leaves, ordered by their paths ignoring case.
    package var all: [(path: [String], text: String)] {
        leaves.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.value.path, $0.value.text) }
    }

    /// The text of a leaf.
    package subscript(path: String...) -> String? { self[path] }

    /// The text of a leaf, by the parts of its path.
    package subscript(path: [String]) -> String? { leaves[path.map { $0.lowercased() }]?.text }

    /// The leaves directly below a path with their own names, ordered by name.
    package func children(of path: String...) -> [(name: String, text: String)] {
        let prefix = path.map { $0.lowercased() }
        return leaves.filter { $0.key.count == prefix.count + 1 && $0.key.starts(with: prefix) }
            .values.map { (name: $0.path[prefix.count], text: $0.text) }.sorted { $0.name < $1.name }
    }

    /// The leaves below a path as a list, ordered by their index; names that are no index come last.
    package func list(at path: String) -> [String] {
        children(of: path).sorted { (Int($0.name) ?? .max, $0.name) < (Int($1.name) ?? .max, $1.name) }.map(\.text)
    }

    /// An object rebuilt from the leaves below a path; nil when there are none. Deeper levels are not part of it.
    package func object(at path: String) -> JSONValue? {
        let members = children(of: path).map { JSONValue.Member(name: $0.name, value: JSONValue(.string($0.text))) }
        return members.isEmpty ? nil : JSONValue(.object(members))
    }

    private mutating func add(_ value: JSONValue, at path: [String]) {
        switch value.content {
        case .object(let members):
            for member in members { add(member.value, at: path + [member.name]) }
        case .array(let elements):
            for (index, element) in elements.enumerated() { add(element, at: path + [String(index)]) }
        case .null: break
        case .bool, .number, .string: set(path, to: value.scalarText ?? "")
        }
    }

    /// Sets a leaf, instead of one of the same path in any case.
    package mutating func set(_ path: [String], to text: String) {
        leaves[path.map { $0.lowercased() }] = Leaf(path: path, text: text)
    }

    /// Splits at `:` and at every `__`.
    private static func parts(of name: String) -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        var bytes = Array(name.utf8)[...]
        while let byte = bytes.popFirst() {
            let isDouble = byte == UInt8(ascii: "_") && bytes.first == UInt8(ascii: "_")
            if isDouble { bytes.removeFirst() }
            if isDouble || byte == UInt8(ascii: ":") {
                parts.append(String(decoding: part, as: UTF8.self))
                part = []
            } else {
                part.append(byte)
            }
        }
        return parts + [String(decoding: part, as: UTF8.self)]
    }
}
