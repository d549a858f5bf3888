import FunctionKit
import Glibc
import Testing

@testable import HTTPServer

/// Listening on a Unix socket: its file, who may connect, what stands in the way.
@Suite struct UnixSocketTests {
    private func socketError(_ path: String) -> HTTPServerError? {
        do throws(HTTPServerError) {
            try ListeningSocket(path: path, mode: 0o660, backlog: 8).close()
            return nil
        } catch { return error }
    }

    private func mode(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    @Test func requestsComeByIt() async throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/http.sock"
        let sockets = [
            try ListeningSocket(address: "127.0.0.1", port: 0, backlog: 8),
            try ListeningSocket(path: path, mode: 0o600, backlog: 8),
        ]
        #expect(mode(path) == S_IFSOCK | 0o600)
        try await withRunningServer(sockets: sockets, responder: { .text("from \($0.remoteAddress)") }) { port, _ in
            let answers = try await blocking { () throws -> [String] in
                [
                    try shell("curl -sS --unix-socket '\(path)' http://any/"),
                    try shell("curl -sS http://127.0.0.1:\(port)/"),
                    try shell("printf %s hi | curl -sS --unix-socket '\(path)' -d @- http://any/"),
                ]
            }
            #expect(answers == ["from unix", "from 127.0.0.1", "from unix"])
        }
        #expect(mode(path) == nil, "The file goes with the server.")
    }

    @Test func oneSocketIsEnough() async throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/s"
        let certificate = try TestCertificate()
        try await withRunningServer(
            credentials: TLSCredentials(certificate.source),
            sockets: [try ListeningSocket(path: path, mode: 0o666, backlog: 8)],
            responder: { .text($0.scheme.rawValue) }
        ) { _, server in
            #expect(server.port == nil)
            // In the clear in any case.
            let answer = try await blocking { try shell("curl -sS --unix-socket '\(path)' http://any/") }
            #expect(answer == "http")
        }
    }

    @Test func aFileThatNobodyListensOnIsReplaced() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/s"
        let first = try ListeningSocket(path: path, mode: 0o660, backlog: 8)
        #expect(
            socketError(path)?.description
                == "Cannot listen on '\(path)': another process listens there. Stop it or choose another path."
        )
        #expect(socketError(path)?.code == .portInUse)
        #expect(mode(path) != nil, "It is the other's.")
        // As a crash leaves it.
        close(first.descriptor)
        #expect(mode(path) != nil)
        let second = try ListeningSocket(path: path, mode: 0o660, backlog: 8)
        // The first one's end removes nothing of the second's.
        first.file?.remove()
        #expect(mode(path) != nil)
        second.close()
        #expect(mode(path) == nil)
    }

    @Test func whatCannotBeIsSaid() throws {
        let folder = try ScratchFolder()
        _ = try shell("cd '\(folder.path)' && touch file && mkdir folder && ln -s file link")
        for name in ["file", "folder", "link"] {
            #expect(
                socketError("\(folder.path)/\(name)")?.description == "Cannot listen on '\(folder.path)/\(name)': "
                    + "something that is no socket is there. Choose another path or remove it."
            )
            #expect(mode("\(folder.path)/\(name)") != nil)
        }
        #expect(
            socketError("\(folder.path)/none/s")?.description
                == "Cannot listen on '\(folder.path)/none/s': its folder is not there. Make it."
        )
        let long = "/" + String(repeating: "a", count: 107)
        #expect(
            socketError(long)?.description
                == "Cannot listen on '\(long)': the path of a Unix socket has 1 to 107 bytes, "
                + "this one has 108. Choose a shorter one."
        )
        #expect(socketError("")?.code == .addressUnavailable)
        let longest = folder.path + "/" + String(repeating: "b", count: 106 - folder.path.utf8.count)
        #expect(longest.utf8.count == 107)
        #expect(socketError(longest) == nil)
    }
}
