import FunctionKit
import Glibc
import Testing

/// h11 and Python's http.client against the host: random valid requests, and the fuzzer's corpus.
///
/// `scripts/peers` installs h11 and names its Python in `POSTERN_PEER_PYTHON`; without that the test is left out.
struct HTTPPeerTests {
    private static let python = getenv("POSTERN_PEER_PYTHON").map { String(cString: $0) }

    @Test(.enabled(if: python != nil)) func anotherImplementationAgrees() async throws {
        let app = try MirrorApp(["glass": (#""route": "glass/{*path}""#, "")])
        try app.folder.write(
            """
            {"scriptFile": "libHelloStream.so", "entryPoint": "HelloStream.HelloStream", "bindings": [
              {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"},
              {"type": "http", "direction": "out", "name": "$return"}]}
            """,
            to: "lines/function.json"
        )
        let host = try await app.start()
        let tests = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let process = try ChildProcess(
            Self.python ?? "",
            ["\(tests)/Peers/http_peer.py", host.port, "\(tests)/Fuzz", "1", "300"],
            environment: RunningHost.environment
        )
        #expect(await process.waitForEnd() == .exited(0), "\(process.errors)")
        #expect(process.output.contains(" requests agree\n"))
        #expect(process.output.contains(" requests of them are accepted\n"))
        await host.stop()
    }
}
