/// Where a container stands: below so many keys of its coder's path, and those of nested containers below them.
///
/// A coder keeps the keys that lead to the value it is at; a path is put together only for who asks, which is an error most often.
struct CodingPlace {
    /// How many keys of the coder's path count.
    let depth: Int
    /// The keys of nested containers.
    var nested: NestedKeys?

    init(depth: Int) { self.depth = depth }

    /// The place below a key.
    func below(_ key: any CodingKey) -> CodingPlace {
        var place = self
        place.nested = NestedKeys(parent: nested, key: key)
        return place
    }

    /// The whole path, with a last key if there is one.
    func path(in path: [any CodingKey], _ key: (any CodingKey)? = nil) -> [any CodingKey] {
        var result = Array(path.prefix(depth))
        nested?.append(to: &result)
        if let key { result.append(key) }
        return result
    }
}

/// The keys of nested containers, each with the one above it.
final class NestedKeys {
    private let parent: NestedKeys?
    private let key: any CodingKey

    init(parent: NestedKeys?, key: any CodingKey) { (self.parent, self.key) = (parent, key) }

    func append(to path: inout [any CodingKey]) {
        parent?.append(to: &path)
        path.append(key)
    }
}

/// The key of an array's element, or of what a type inherits (`super`); as small as a path keeps without an allocation.
enum JSONCodingKey: CodingKey {
    case index(Int)
    case `super`

    init?(stringValue: String) { return nil }

    init?(intValue: Int) { self = .index(intValue) }

    var intValue: Int? { if case .index(let index) = self { index } else { nil } }

    var stringValue: String { if case .index(let index) = self { "Index \(index)" } else { "super" } }
}
