import FunctionKit
import FunctionTesting
import Glibc
import Testing

@testable import DocumentStore

/// Clients' data is its owner's alone to read, whatever the umask says.
struct PrivacyTests {
    @Test func foldersAndFilesAreTheOwnersAlone() async throws {
        var template = Array("/tmp/postern-privacy-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let engine = try FileStoreEngine(
            path: root + "/data",
            mode: .exclusive,
            clock: ManualClock(),
            logger: Logger(sink: RecordingLog(), category: "Store")
        )
        let key = DocumentKey(try CollectionName("tickets"), try DocumentID("T1"))
        _ = try await engine.partition(try TenantName("acme")).commit(
            WriteBatch([.init(key, .create(.init(body: Array("{}".utf8))))])
        )
        for folder in ["data", "data/tenants", "data/tenants/acme"] {
            #expect(mode(of: "\(root)/\(folder)") == 0o700, "\(folder)")
        }
        let folder = try #require(opendir(root + "/data/tenants/acme"))
        defer { closedir(folder) }
        var files = 0
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            files += 1
            #expect(mode(of: "\(root)/data/tenants/acme/\(name)") == 0o600, "\(name)")
        }
        #expect(files > 0)
        await engine.close()
    }

    private func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }
}
