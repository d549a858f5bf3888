internal import FunctionKit

/// Where a document lies, as a number: few enough places that clients meet.
struct Place: Hashable {
    let number: Int

    static let idsPerCollection = 5
    static let count = idsPerCollection * 2
    static let all = (0..<count).map { Place(number: $0) }

    /// True for `alpha`, whose unique index is always there; `beta` changes its schema.
    var isAlpha: Bool { number < Self.idsPerCollection }

    var key: DocumentKey { Self.keys[number] }

    init(number: Int) { self.number = number }

    init?(_ collection: CollectionName, _ id: DocumentID) {
        guard let number = Self.keys.firstIndex(of: DocumentKey(collection, id)) else { return nil }
        self.number = number
    }

    static let alpha = name("alpha")
    static let beta = name("beta")

    private static let keys: [DocumentKey] = (0..<count).map { number in
        let collection = number < idsPerCollection ? alpha : beta
        guard let id = try? DocumentID("doc-\(number % idsPerCollection)") else { preconditionFailure("a valid id") }
        return DocumentKey(collection, id)
    }

    private static func name(_ text: String) -> CollectionName {
        guard let name = try? CollectionName(text) else { preconditionFailure("'\(text)' is a valid name") }
        return name
    }
}

/// The schemas that clients declare.
enum SimulatedSchemas {
    static let alpha = CollectionSchema(collection: Place.alpha, indexes: [unique, group])

    /// The variants that `beta` goes through.
    static let beta = [
        CollectionSchema(collection: Place.beta, indexes: [group]),
        CollectionSchema(collection: Place.beta, indexes: [group, IndexDefinition("by_u", on: ["u"])]),
        CollectionSchema(collection: Place.beta, indexes: [unique, group]),
    ]

    private static let unique = IndexDefinition("by_u", on: ["u"], unique: true)
    private static let group = IndexDefinition("by_g", on: ["g", "u"])
}
