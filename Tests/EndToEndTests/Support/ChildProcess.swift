import FunctionKit
import Glibc

/// A program that a test runs, with what it prints.
///
/// Sendable by its locks: the process id never changes, and what the reader threads collect is behind a mutex.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var openPipes = 2
        var ending: Ending?
        var waiters: [Waiter] = []
    }

    private struct Waiter {
        var isSatisfied: @Sendable (String, String, Ending?) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    let pid: pid_t
    private let state = LockedState(State())

    /// The longest that a child may live; then it is killed, so that a test that would hang fails.
    static let lifetime = Duration.seconds(90)

    /// Starts a program with exactly this environment.
    ///
    /// - Parameters:
    ///   - folder: where it starts; nil for here.
    ///   - lifetime: the longest that it may live.
    init(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        folder: String? = nil,
        lifetime: Duration = lifetime
    ) throws {
        var outputPipe: [Int32] = [0, 0]
        var errorPipe: [Int32] = [0, 0]
        guard pipe(&outputPipe) == 0, pipe(&errorPipe) == 0 else {
            throw SupportError("No pipe: \(String(cString: strerror(errno)))")
        }
        for end in outputPipe + errorPipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, outputPipe[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errorPipe[1], STDERR_FILENO)
        // What a child kept open of this process would look alive at the other end: a socket, another child's pipe.
        for descriptor in STDERR_FILENO + 1..<descriptorsEnd() {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // The shell changes the folder: what could do it here is not in Swift's Glibc.
        let words =
            folder.map { ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, $0, path] + arguments } ?? [path] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var child = pid_t()
        let result = posix_spawn(&child, words[0], &actions, nil, &argv, &envp)
        close(outputPipe[1])
        close(errorPipe[1])
        guard result == 0 else { throw SupportError("'\(path)' does not start: \(String(cString: strerror(result)))") }
        pid = child
        collect(outputPipe[0]) { $0.output.append(contentsOf: $1) }
        collect(errorPipe[0]) { $0.errors.append(contentsOf: $1) }
        onThread { [self, child] in
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0 && errno == EINTR {}
            let ending: Ending = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
            update { $0.ending = ending }
        }
        // On a thread, so that it comes even if the tests hold all of the pool's.
        onThread { [weak self] in
            sleep(UInt32(lifetime.components.seconds))
            self?.kill(SIGKILL)
        }
    }

    /// What it printed so far.
    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    /// What it printed to standard error so far.
    var errors: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// Sends a signal, unless the process has ended and its id may be another's.
    func kill(_ signal: Int32) {
        state.withLock { state in
            if state.ending == nil { _ = Glibc.kill(pid, signal) }
        }
    }

    /// Waits until it has ended and everything it printed is read.
    @discardableResult
    func waitForEnd() async -> Ending {
        await wait { _, _, ending in ending != nil }
        return state.withLock { $0.ending } ?? .exited(-1)
    }

    /// Waits until it has printed a text (or ended, then false).
    func waitForOutput(_ text: String) async -> Bool {
        await wait { output, _, ending in output.contains(text) || ending != nil }
        return output.contains(text)
    }

    private func wait(until isSatisfied: @escaping @Sendable (String, String, Ending?) -> Bool) async {
        await withCheckedContinuation { continuation in
            update { $0.waiters.append(Waiter(isSatisfied: isSatisfied, continuation: continuation)) }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let ready = state.withLock { state -> [Waiter] in
            change(&state)
            let output = String(decoding: state.output, as: UTF8.self)
            let errors = String(decoding: state.errors, as: UTF8.self)
            let ending = state.openPipes == 0 ? state.ending : nil
            let ready = state.waiters.filter { $0.isSatisfied(output, errors, ending) }
            state.waiters.removeAll { $0.isSatisfied(output, errors, ending) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    private func collect(_ descriptor: Int32, _ append: @escaping @Sendable (inout State, ArraySlice<UInt8>) -> Void) {
        onThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { break }
                update { append(&$0, buffer[..<count]) }
            }
            close(descriptor)
            update { $0.openPipes -= 1 }
        }
    }
}

/// A number above every descriptor that this process has open, with room for those that other threads open meanwhile.
private func descriptorsEnd() -> Int32 {
    guard let folder = opendir("/proc/self/fd") else { return 65_536 }
    defer { closedir(folder) }
    var last: Int32 = 0
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        last = max(last, Int32(name) ?? 0)
    }
    return last + 1024
}

/// A test's world is not as it must be.
struct SupportError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Runs blocking work on a thread of its own.
func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    pthread_create(
        &thread,
        nil,
        { argument in
            if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        },
        Unmanaged.passRetained(Body(body)).toOpaque()
    )
    pthread_detach(thread)
}
