internal import FoundationEssentials
package import FunctionKit

/// One line of an export.
///
/// An export of one collection has a document on each line, with its `id`, `created_at` and `updated_at`. An export of a whole
/// tenant says on each line what it belongs to, and has a line with its schema before the documents of a collection:
///
///     {"collection":"tickets","schema":{"collection":"tickets","indexes":[…]}}
///     {"collection":"tickets","expires_at":"2026-11-20T12:14:00.000Z","document":{"id":"T1",…}}
package enum TransferLine: Sendable {
    /// A document to write.
    case document(DocumentKey, WriteBatch.Content)
    /// The indexes of a collection.
    case schema(CollectionName, CollectionSchema)

    /// Reads a line; nil for an empty one.
    ///
    /// - Parameters:
    ///   - line: the text without its line break.
    ///   - number: its number, for errors.
    ///   - collection: the only collection of the file; nil for a whole tenant's, whose lines say it.
    /// - Throws: ``StoreError`` that names the line.
    package init?(_ line: [UInt8], number: Int, collection: CollectionName?) throws(StoreError) {
        guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return nil }
        if let collection {
            self = try Self.document(line, number, collection, expiresAt: nil)
            return
        }
        let envelope = try JSONEnvelope(line, name: "Line \(number)")
        guard let name = envelope.text("collection") else {
            throw StoreError(
                .invalidDocument,
                "Line \(number) does not name its collection. A tenant's export has {\"collection\":…,\"document\":…} on each "
                    + "line; name the collection for a file that holds documents alone."
            )
        }
        let collection = try Self.inLine(number) { () throws(StoreError) in try CollectionName(name) }
        if let document = envelope.value("document") {
            self = try Self.document(document, number, collection, expiresAt: try Self.expiry(envelope, number))
        } else if let schema = envelope.value("schema") {
            self = try .schema(collection, Self.schema(schema, number, collection))
        } else {
            throw StoreError(.invalidDocument, "Line \(number) has neither a 'document' nor a 'schema'.")
        }
    }

    private static func document(
        _ bytes: [UInt8],
        _ number: Int,
        _ collection: CollectionName,
        expiresAt: Timestamp?
    ) throws(StoreError) -> TransferLine {
        let document = try ExternalDocument(bytes, name: "Line \(number)")
        guard let id = document.id else {
            throw StoreError(.invalidDocument, "Line \(number) has no 'id'. Every document needs one, a text.")
        }
        let content = WriteBatch.Content(
            body: document.body,
            expiresAt: expiresAt,
            createdAt: document.createdAt,
            updatedAt: document.updatedAt
        )
        let key = try inLine(number) { () throws(StoreError) in DocumentKey(collection, try DocumentID(id)) }
        return .document(key, content)
    }

    private static func expiry(_ envelope: JSONEnvelope, _ number: Int) throws(StoreError) -> Timestamp? {
        guard let value = envelope.value("expires_at"), !value.elementsEqual("null".utf8) else { return nil }
        guard let text = envelope.text("expires_at"), let moment = Timestamp(text) else {
            throw StoreError(.invalidDocument, "Line \(number) has an 'expires_at' that is no RFC 3339 time.")
        }
        return moment
    }

    private static func schema(
        _ bytes: [UInt8],
        _ number: Int,
        _ collection: CollectionName
    ) throws(StoreError) -> CollectionSchema {
        guard let schema = try? JSONDecoder().decode(CollectionSchema.self, from: Data(bytes)),
            schema.collection == collection.description
        else {
            throw StoreError(.invalidDocument, "Line \(number) has a 'schema' that is none of '\(collection)'.")
        }
        return schema
    }

    private static func inLine<Result>(
        _ number: Int,
        _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        do throws(StoreError) {
            return try body()
        } catch {
            throw StoreError(error.code, "Line \(number): \(error.message)")
        }
    }

    /// A document as it stands in a tenant's export, with its line break.
    static func bytes(of document: StoredDocument, in collection: CollectionName) -> [UInt8] {
        var line = Array("{\"collection\":\"\(collection)\"".utf8)
        if let moment = document.expiresAt { line.append(contentsOf: ",\"expires_at\":\"\(moment)\"".utf8) }
        line.append(contentsOf: ",\"document\":".utf8)
        line.append(contentsOf: document.json)
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    /// A collection's indexes as they stand in a tenant's export, with their line break.
    static func bytes(of schema: CollectionSchema) throws(StoreError) -> [UInt8] {
        var line = Array("{\"collection\":\"\(schema.collection)\",\"schema\":".utf8)
        line.append(contentsOf: try schema.json())
        line.append(contentsOf: "}\n".utf8)
        return line
    }
}
