import Glibc

/// Runs a line of shell and gives what it prints, errors too; blocks.
func shell(_ line: String) throws -> String {
    guard let stream = popen("{ \(line)\n} 2>&1", "r") else { throw TestClient.Failure(reason: "popen") }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, stream)
        guard count > 0 else { break }
        all += buffer[..<count]
    }
    pclose(stream)
    return String(decoding: all, as: UTF8.self)
}

/// A folder that goes away with its last user.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/postern-http-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestClient.Failure(reason: "mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? shell("rm -rf '\(path)'") }
}
