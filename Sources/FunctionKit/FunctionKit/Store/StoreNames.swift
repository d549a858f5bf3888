/// The name of a tenant's partition of the store.
///
/// A tenant's slug is 1 to 63 characters of `a-z`, `0-9` and `-`, and neither begins nor ends with `-`. A system partition
/// has an underscore before such a name: `_portal` for what tenants share, `_host` for the host alone. The rule makes every
/// name a safe folder name: no dot, no slash, one case.
public struct TenantName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The validated text.
    public let description: String

    /// Makes a name.
    ///
    /// - Throws: ``StoreError`` with code `invalidName` when the text breaks the rule.
    public init(_ text: String) throws(StoreError) {
        let bytes = text.utf8.span
        let slug = (text.utf8.first == UInt8(ascii: "_") ? 1 : 0)..<bytes.count
        let dash = UInt8(ascii: "-")
        let isValid =
            (1...63).contains(slug.count) && bytes[slug.lowerBound] != dash && bytes[slug.upperBound - 1] != dash
            && bytes.allSatisfy(slug) { isLowercaseLetterOrDigit($0) || $0 == dash }
        guard isValid else {
            throw StoreError(
                .invalidName,
                "'\(text)' is not a valid tenant name. Use 1 to 63 characters of a-z, 0-9 and dashes inside."
            )
        }
        description = text
    }

    private init(trusted text: String) { description = text }

    /// The partition of the host itself: keys, timer status, leases.
    public static let host = TenantName(trusted: "_host")

    /// True for partitions that belong to the system and to no tenant.
    public var isSystem: Bool { description.utf8.first == UInt8(ascii: "_") }

    /// Orders names by their bytes.
    public static func < (left: TenantName, right: TenantName) -> Bool { left.description < right.description }
}

/// The name of a collection of documents: 1 to 63 characters of `a-z`, `0-9` and `_`, beginning with a letter.
public struct CollectionName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The validated text.
    public let description: String

    /// Makes a name.
    ///
    /// - Throws: ``StoreError`` with code `invalidName` when the text breaks the rule.
    public init(_ text: String) throws(StoreError) {
        let isValid =
            (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLowercaseLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
            && text.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
        guard isValid else {
            throw StoreError(
                .invalidName,
                "'\(text)' is not a valid collection name. Use 1 to 63 characters of a-z, 0-9 and _, a letter first."
            )
        }
        description = text
    }

    /// Orders names by their bytes.
    public static func < (left: CollectionName, right: CollectionName) -> Bool {
        left.description < right.description
    }
}

/// The id of a document within its collection: 1 to 256 bytes of UTF-8 without control characters.
public struct DocumentID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The validated text.
    public let description: String

    /// Makes an id.
    ///
    /// - Throws: ``StoreError`` with code `invalidName` when the text breaks the rule.
    public init(_ text: String) throws(StoreError) {
        let bytes = text.utf8.span
        guard (1...256).contains(bytes.count), bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw StoreError(
                .invalidName,
                "A document id of \(bytes.count) bytes is not valid. Use 1 to 256 bytes without control characters."
            )
        }
        description = text
    }

    /// Takes over bytes that were an id before.
    init(trusted bytes: some Collection<UInt8>) { description = String(decoding: bytes, as: UTF8.self) }

    /// Ids are equal when their bytes are; Swift's own comparison takes canonically equivalent texts for one.
    public static func == (left: DocumentID, right: DocumentID) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        let isDone: Void? = description.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isDone == nil { for byte in description.utf8 { hasher.combine(byte) } }
        hasher.combine(UInt8(0xFF))
    }

    /// Orders ids by their bytes.
    public static func < (left: DocumentID, right: DocumentID) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

/// A document's place within a tenant.
public struct DocumentKey: Sendable, Hashable {
    /// The collection.
    public var collection: CollectionName
    /// The id within it.
    public var id: DocumentID

    /// Makes a key.
    public init(_ collection: CollectionName, _ id: DocumentID) {
        self.collection = collection
        self.id = id
    }

    /// Hashes the id alone, which tells documents apart well enough: every commit asks for keys, and documents of two collections
    /// seldom share an id.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A document's revision, its ETag: the sequence number of the batch that wrote it. It never goes back within a tenant.
public struct Revision: RawRepresentable, Sendable, Hashable, Comparable, Codable {
    /// The sequence number, from 1.
    public let rawValue: Int64

    /// Makes a revision.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Orders revisions by time of writing.
    public static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }
}

private func isLowercaseLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
