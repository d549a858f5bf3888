/// A document's JSON after the store's checks: one object without white space between its tokens, and its index values.
public struct DocumentBody: Sendable {
    /// The members that the store keeps beside a document and a body may not have.
    public static let reservedNames = ["id", "created_at", "updated_at"]

    /// The JSON text.
    public let bytes: [UInt8]
    /// The values at the paths that were asked for.
    let values: IndexedValues

    /// Checks a body as a commit must.
    ///
    /// - Parameters:
    ///   - bytes: what the caller wants to store.
    ///   - paths: the index values to pick out.
    ///   - name: how an error names the document.
    /// - Throws: ``StoreError`` with `tooLarge` beyond ``StoreLimits/documentBytesMax`` or
    ///   ``StoreLimits/documentDepthMax``; with `invalidDocument` for anything that is no JSON object, holds a member name
    ///   twice, or has a member `id`, `created_at` or `updated_at` at its top, which belong to the store.
    public init(checking bytes: [UInt8], paths: IndexPaths, name: @autoclosure () -> String) throws(StoreError) {
        guard bytes.count <= StoreLimits.documentBytesMax else {
            throw StoreError(
                .tooLarge,
                "\(name()) has \(bytes.count) bytes; a document has at most \(StoreLimits.documentBytesMax)."
            )
        }
        var scanner = JSONScanner(bytes[...], in: 0..<bytes.count, paths: paths.bodyPaths, notesReserved: true)
        do throws(JSONFailure) {
            try scanner.scanDocument()
        } catch {
            throw StoreError(error, name())
        }
        if let found = scanner.reservedFound {
            throw StoreError(
                .invalidDocument,
                "\(name()) has a member '\(found)' of its own; the store keeps that beside the document. Rename it."
            )
        }
        self.bytes = scanner.hasWhitespace ? compactJSON(bytes) : bytes
        values = IndexedValues(scanner)
    }
}

/// What a document has at the paths of its collection's indexes.
struct IndexedValues: Sendable {
    /// For each path its value; null where nothing was found.
    let single: [IndexValue]
    /// For each path through an array the values of the elements, each once; empty when there is no such path.
    let elements: [[IndexValue]]

    init(_ scanner: JSONScanner) {
        single = scanner.values
        elements = scanner.elements
    }

    /// Picks the values out of a body that was checked when it was stored.
    ///
    /// - Throws: ``StoreError`` with `damaged` when it is not what was stored.
    init(stored bytes: ArraySlice<UInt8>, paths: IndexPaths, name: @autoclosure () -> String) throws(StoreError) {
        var scanner = JSONScanner(bytes, in: bytes.startIndex..<bytes.endIndex, paths: paths.bodyPaths)
        do throws(JSONFailure) {
            try scanner.scanDocument()
        } catch {
            throw StoreError(.damaged, StoreError(error, name()).message)
        }
        self.init(scanner)
    }
}

extension StoreError {
    init(_ failure: JSONFailure, _ name: String) {
        switch failure.kind {
        case .grammar:
            self.init(
                .invalidDocument,
                "\(name) is not a JSON object: \(failure.reason) at byte \(failure.offset)."
            )
        case .depth:
            self.init(
                .tooLarge,
                "\(name) nests deeper than \(StoreLimits.documentDepthMax) levels at byte \(failure.offset)."
            )
        }
    }
}

/// A checked JSON text without the white space between its tokens.
func compactJSON(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isInString = false
    var isEscaped = false
    for byte in bytes {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
        } else if isJSONWhitespace(byte) {
            continue
        } else if byte == UInt8(ascii: "\"") {
            isInString = true
        }
        result.append(byte)
    }
    return result
}
