import FunctionHost
import Glibc
import Testing

/// Where the library of a function is looked for.
struct LibrarySearchTests {
    /// An app with the builds that are named, the file of each as old as said, in a folder that the test removes.
    private func withApp(_ builds: [String: Int], _ body: (String) throws -> Void) throws {
        var template = Array("/tmp/postern-search-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { remove(root, builds) }
        mkdir(root + "/.build", 0o700)
        for (name, age) in builds {
            mkdir("\(root)/.build/\(name)", 0o700)
            let path = "\(root)/.build/\(name)/libX.so"
            close(open(path, O_WRONLY | O_CREAT, 0o600))
            var times = [timespec](repeating: timespec(tv_sec: 1_700_000_000 - age, tv_nsec: 0), count: 2)
            utimensat(AT_FDCWD, path, &times, 0)
        }
        try body(root)
    }

    private func remove(_ root: String, _ builds: [String: Int]) {
        for name in builds.keys {
            unlink("\(root)/.build/\(name)/libX.so")
            rmdir("\(root)/.build/\(name)")
        }
        rmdir(root + "/.build")
        rmdir(root)
    }

    @Test(arguments: [
        ([:], [String]()), (["debug": 0], ["debug"]), (["release": 0], ["release"]),
        (["debug": 5, "release": 0], ["release", "debug"]), (["debug": 0, "release": 5], ["debug", "release"]),
    ])
    func theNewestBuildOfTheAppComesFirst(builds: [String: Int], order: [String]) throws {
        try withApp(builds) { root in
            let search = LibrarySearch(appRoot: root, programFolder: "/opt/postern/bin")
            #expect(
                search.candidates(scriptFile: "libX.so", folder: root + "/f")
                    == ["\(root)/f/libX.so"] + order.map { "\(root)/.build/\($0)/libX.so" } + [
                        "/opt/postern/bin/libX.so"
                    ]
            )
        }
    }

    @Test func aProgramOfTheAppsOwnBuildUsesItsOwn() throws {
        try withApp(["debug": 5, "release": 0]) { root in
            let search = LibrarySearch(appRoot: root, programFolder: root + "/.build/debug")
            #expect(
                search.candidates(scriptFile: "libX.so", folder: root + "/f")
                    == ["\(root)/f/libX.so", "\(root)/.build/debug/libX.so"]
            )
        }
    }

    @Test func aFolderThatIsNamedIsTheOnlyOne() {
        let search = LibrarySearch(appRoot: "/app", programFolder: "/bin", libraries: "/libs")
        #expect(search.candidates(scriptFile: "libX.so", folder: "/app/f") == ["/app/f/libX.so", "/libs/libX.so"])
    }
}
