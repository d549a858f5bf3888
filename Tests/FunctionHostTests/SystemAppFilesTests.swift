import FunctionHost
import Glibc
import Testing

/// Reading a real folder.
@Suite struct SystemAppFilesTests {
    /// A temporary folder that is removed at the end.
    private func withFolder(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/postern-files-XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            for name in ["f/function.json", "pipe", "folder", "f", "host.json"] { _ = remove(path + "/" + name) }
            rmdir(path)
        }
        try body(path)
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    @Test func anAppLoadsFromDisk() throws {
        try withFolder { root in
            mkdir(root + "/f", 0o755)
            try write(#"{"version": "2.0"}"#, to: root + "/host.json")
            try write(functionJSON(httpBinding), to: root + "/f/function.json")
            let app = try AppFolder.load(root: root, settings: { _ in nil })
            #expect(app.functions.map(\.name) == ["f"])
            #expect(app.problems.isEmpty)
        }
    }

    @Test func whatIsNoRegularFileIsNamed() throws {
        try withFolder { root in
            let files = SystemAppFiles()
            mkdir(root + "/folder", 0o755)
            mkfifo(root + "/pipe", 0o644)
            try write("12345", to: root + "/host.json")
            #expect(try files.contents(of: root + "/host.json", upTo: 5) == Array("12345".utf8))
            let failures: [(String, Int, AppFileError)] = [
                ("none", 5, .missing), ("host.json/none", 5, .missing), ("host.json", 4, .tooLarge(bytesMax: 4)),
                ("folder", 5, .unreadable("it is not a regular file")),
                ("pipe", 5, .unreadable("it is not a regular file")),
            ]
            for (name, limit, failure) in failures {
                let error = #expect(throws: AppFileError.self) {
                    try files.contents(of: "\(root)/\(name)", upTo: limit)
                }
                #expect(error == failure)
            }
            #expect(try files.names(in: root).sorted() == ["folder", "host.json", "pipe"])
            #expect(try files.names(in: root + "/none").isEmpty)
            #expect(try files.names(in: root + "/host.json").isEmpty)
            // An endless file that claims to be empty is cut off, too.
            let error = #expect(throws: AppFileError.self) { try files.contents(of: "/dev/zero", upTo: 5) }
            #expect(error == .unreadable("it is not a regular file"))
        }
    }
}
