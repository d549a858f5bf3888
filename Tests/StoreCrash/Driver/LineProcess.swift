import FunctionKit
import Glibc

/// A child process whose lines are read as they come, and which can be killed at any moment.
///
/// Used by one thread at a time; it blocks that thread.
struct LineProcess {
    /// Why a process cannot be started.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let pid: pid_t
    private let descriptor: Int32
    private var rest: [UInt8] = []
    private var isAtEnd = false

    /// Starts a program; its standard error stays this process's.
    init(_ path: String, _ arguments: [String]) throws(Failure) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "No pipe: \(Self.reason(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var child = pid_t()
        let result = posix_spawn(&child, path, &actions, nil, &argv, environ)
        close(ends[1])
        guard result == 0 else {
            close(ends[0])
            throw Failure(description: "'\(path)' does not start: \(Self.reason(result))")
        }
        pid = child
        descriptor = ends[0]
    }

    private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

    /// The next whole line within `timeout`, or nil when the time is up or the process has closed its output.
    mutating func nextLine(within timeout: Duration) -> String? {
        let deadline = ContinuousClock.now + timeout
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                return line
            }
            let left = (deadline - .now).wholeMilliseconds
            guard !isAtEnd, left >= 0, wait(milliseconds: Int32(clamping: left)) else { return nil }
            readMore()
        }
    }

    private func wait(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    private mutating func readMore() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { rest += buffer[..<count] } else if count == 0 || errno != EINTR { isAtEnd = true }
    }

    /// Sends `SIGKILL`; what was written to the pipe before can still be read.
    func kill() { _ = Glibc.kill(pid, SIGKILL) }

    /// Waits for the end of a process whose output has been read or is not wanted.
    ///
    /// - Returns: its exit status; nil when a signal ended it.
    func waitForEnd() -> Int32? {
        close(descriptor)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }
}
