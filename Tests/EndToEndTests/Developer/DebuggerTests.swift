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

    @Test(arguments: [true, false]) func aLineOnStandardInputBeginsIt(hasLine: Bool) async throws {
        let folder = try ScratchFolder()
        let input = hasLine ? "echo" : ":"
        let host = try ChildProcess(
            "/bin/sh",
            [
                "-c", "\(input) | exec \"$0\" start --app \"$1\" --data \"$2\" --port 0 --wait-for-debugger",
                Workplace.postern, Workplace.app("hello"), folder.path + "/data",
            ],
            environment: RunningHost.environment
        )
        let text = "Waiting for a debugger in process "
        let pid = try await eventually("the host to wait") {
            host.errors.split(separator: text).last.flatMap { pid_t($0.prefix { $0.isNumber }) }
        }
        // The end of the input is no line: such a host still waits.
        if !hasLine {
            #expect(host.output.isEmpty)
            Glibc.kill(pid, SIGCONT)
        }
        #expect(await host.waitForOutput("Listening on"))
        Glibc.kill(pid, SIGTERM)
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
