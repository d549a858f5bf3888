import FunctionKit
import Glibc
import Testing

/// `postern start --wait-for-debugger`.
struct DebuggerTests {
    private func start(_ folder: ScratchFolder) throws -> ChildProcess {
        try ChildProcess(
            Workplace.postern,
            [
                "start", "--app", Workplace.app("hello"), "--data", folder.path + "/data", "--port", "0",
                "--wait-for-debugger",
            ],
            environment: RunningHost.environment
        )
    }

    private func isWaiting(_ host: ChildProcess) async throws {
        _ = try await eventually("the host to wait") { host.errors.contains("in process \(host.pid).") ? true : nil }
        #expect(host.output.isEmpty)
    }

    @Test func aHostThatIsToldBegins() async throws {
        let folder = try ScratchFolder()
        let host = try start(folder)
        try await isWaiting(host)
        #expect(folder.names(in: "").isEmpty)
        host.kill(SIGCONT)
        #expect(await host.waitForOutput("Listening on"))
        host.kill(SIGTERM)
        #expect(await host.waitForEnd() == .exited(0))
    }

    @Test(.enabled(if: isInstalled("python3"))) func aDebuggerThatAttachesBeginsIt() async throws {
        let folder = try ScratchFolder()
        let host = try start(folder)
        try await isWaiting(host)
        // PTRACE_SEIZE: attached, and nothing is stopped. The tracer stays until the host listens.
        let tracer = try ChildProcess(
            "/usr/bin/env",
            [
                "python3", "-c",
                """
                import ctypes, time
                libc = ctypes.CDLL(None, use_errno=True)
                print(libc.ptrace(0x4206, \(host.pid), None, None), flush=True)
                time.sleep(30)
                """,
            ],
            environment: RunningHost.environment
        )
        #expect(await tracer.waitForOutput("0\n"), "\(tracer.output)")
        #expect(await host.waitForOutput("Listening on"))
        tracer.kill(SIGKILL)
        await tracer.waitForEnd()
        host.kill(SIGTERM)
        #expect(await host.waitForEnd() == .exited(0))
    }

    @Test func aSignalEndsTheWait() async throws {
        let folder = try ScratchFolder()
        let host = try start(folder)
        try await isWaiting(host)
        host.kill(SIGTERM)
        #expect(await host.waitForEnd() == .exited(0))
        #expect(host.output.isEmpty)
        #expect(folder.names(in: "").isEmpty)
    }
}
