/// Carries the members of a document that its type does not know through an update: an import, or a newer version of the
/// app, may have written fields that nobody here may drop.
///
/// Only members of the outermost object are carried; inside a member the type has the say.
enum UnknownMembers {
    /// The body to write for `value` over a document that was read as `old`.
    ///
    /// The type knows a member when it encodes it for the old document, which is looked up only if the old document has
    /// members that the new one lacks; an update that changes values alone costs one pass over each text.
    /// - Parameters:
    ///   - type: what the old document decodes as.
    ///   - body: the new document, as the type encodes it.
    ///   - old: the document as it was stored; nil when there was none.
    static func carried<Document: Codable>(
        of type: Document.Type,
        from old: [UInt8]?,
        into body: [UInt8]
    ) throws -> [UInt8] {
        guard let old else { return body }
        let oldMembers = members(of: old)
        let newNames = Set(members(of: body).map(\.name))
        let missing = oldMembers.filter { !newNames.contains($0.name) }
        guard !missing.isEmpty else { return body }
        let known = Set(members(of: try JSONCoding.body(JSONCoding.decode(type, from: old))).map(\.name))
        let carried = missing.filter { !known.contains($0.name) }
        guard !carried.isEmpty, body.last == UInt8(ascii: "}") else { return body }
        var result = Array(body.dropLast())
        for member in carried {
            if result.count > 1 { result.append(UInt8(ascii: ",")) }
            result.append(contentsOf: old[member.range])
        }
        result.append(UInt8(ascii: "}"))
        return result
    }

    /// The outermost members; none for a text that the store would not take, which its own check refuses in better words.
    private static func members(of body: [UInt8]) -> [JSONScanner.Member] {
        var scanner = JSONScanner(body[...], in: 0..<body.count, keepsMembers: true)
        do throws(JSONFailure) {
            try scanner.scanDocument()
        } catch {
            return []
        }
        return scanner.members
    }
}
