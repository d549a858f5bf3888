import Testing

@testable import FunctionKit

/// Versions of documents, several of one revision among them.
struct DocumentVersionsTests {
    private func ids(_ texts: String...) throws -> [DocumentID] { try texts.map { try DocumentID($0) } }

    private func has(_ versions: DocumentVersions, _ id: DocumentID, _ revision: Int64) -> Bool {
        versions.contains(Revision(rawValue: revision)) { $0 == id }
    }

    @Test func aVersionIsAnIDWithItsRevision() throws {
        let ids = try ids("a", "b", "c")
        var versions = DocumentVersions()
        #expect(versions.isEmpty)
        for id in ids { versions.insert(id, Revision(rawValue: 1)) }
        versions.insert(ids[0], Revision(rawValue: 2))
        for id in ids { #expect(has(versions, id, 1)) }
        #expect(has(versions, ids[0], 2))
        #expect(!has(versions, ids[1], 2))
        #expect(!has(versions, ids[0], 3))
    }

    @Test func eachIsRemovedByItself() throws {
        let ids = try ids("a", "b", "c")
        // The first, one in between and the last of a revision.
        for removed in ids.indices {
            var versions = DocumentVersions()
            for id in ids { versions.insert(id, Revision(rawValue: 1)) }
            versions.remove(ids[removed], Revision(rawValue: 2))
            versions.remove(ids[removed], Revision(rawValue: 1))
            for (index, id) in ids.enumerated() { #expect(has(versions, id, 1) == (index != removed)) }
            versions.remove(ids[removed], Revision(rawValue: 1))
            for id in ids { versions.remove(id, Revision(rawValue: 1)) }
            #expect(versions.isEmpty)
            #expect(versions == DocumentVersions())
        }
    }
}
