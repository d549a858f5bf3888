import FunctionKit
import Testing

/// Where the host looks for the functions' libraries.
struct LibrariesTests {
    @Test func librariesThatAreNamedAreTheOnlyOnes() async throws {
        let folder = try ScratchFolder()
        let host = try await RunningHost(
            app: Workplace.app("hello"),
            data: folder,
            arguments: ["--libraries", folder.path, "--functions", "hello"]
        )
        #expect(try await host.send(.get, "/api/hello").status == 404)
        #expect(
            host.process.output.contains("and \(folder.path)/libHelloHello.so. Build it with 'swift build'"),
            "\(host.process.output)"
        )
        await host.stop()
    }
}
