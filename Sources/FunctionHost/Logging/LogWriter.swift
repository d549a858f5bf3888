import CLinux
import FunctionKit
import Glibc

/// Collects log lines in memory and writes them from a thread of its own, so that no caller waits for the terminal.
///
/// Lines wait for at most ``flushInterval``. When the reader of the output is so slow that more than ``bufferBytesMax`` wait,
/// further lines are dropped and their number is told as soon as there is room again: a log must not fill the memory, and
/// must not stop the host.
package final class LogWriter: Sendable {
    /// The most bytes that wait to be written: 4 MiB.
    package static let bufferBytesMax = 4 << 20
    /// How long the writer gathers lines before it writes them: 5 ms.
    static let flushInterval = Duration.milliseconds(5)

    private struct State {
        var buffer: [UInt8] = []
        var dropped = 0
        var isClosed = false
        var isWriting = false
    }

    private let state = LockedState(State())
    private let descriptor: Int32
    private let wakeUp: Int32

    /// Makes a writer to an open descriptor, which stays the caller's.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC))
        startThread { [self] in run() }
    }

    deinit { Glibc.close(wakeUp) }

    /// Adds bytes as one unit, unless the writer is closed; the lock is held for a copy and no longer.
    package func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

    /// The same for bytes that are nobody's array.
    package func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        let mustWake = state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            guard state.buffer.count < Self.bufferBytesMax else {
                state.dropped += 1
                return false
            }
            let wasEmpty = state.buffer.isEmpty
            state.buffer.append(contentsOf: bytes)
            return wasEmpty
        }
        if mustWake { signal() }
    }

    /// Writes everything that waits and ends the thread. Later lines are lost.
    package func close() {
        state.withLock { $0.isClosed = true }
        signal()
        while state.withLock({ !$0.buffer.isEmpty || $0.isWriting }) { usleep(200) }
    }

    private func signal() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    private func run() {
        while true {
            var count: UInt64 = 0
            _ = read(wakeUp, &count, 8)
            let isClosed = state.withLock { $0.isClosed }
            if !isClosed { usleep(useconds_t(Self.flushInterval.wholeMilliseconds * 1000)) }
            flush()
            if isClosed { return }
        }
    }

    private func flush() {
        let lines = state.withLock { state -> [UInt8] in
            var lines: [UInt8] = []
            swap(&lines, &state.buffer)
            if state.dropped > 0 {
                lines.append(contentsOf: "\(state.dropped) log lines were dropped: the output is too slow.\n".utf8)
                state.dropped = 0
            }
            state.buffer.reserveCapacity(min(lines.count, 1 << 16))
            state.isWriting = true
            return lines
        }
        writeAll(lines)
        state.withLock { $0.isWriting = false }
    }

    private func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
            }
        }
    }
}

/// Runs `body` on a new detached thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    let result = pthread_create(
        &thread,
        nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        },
        box.toOpaque()
    )
    precondition(result == 0, "The system has no thread left (errno \(result)).")
    pthread_detach(thread)
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
