import FunctionKit

@testable import FunctionHost

/// A log whose lines go nowhere; its thread ends with it.
final class SilentLog: Sendable {
    let log: HostLog
    private let writer = LogWriter(descriptor: -1)

    init(clock: any AppClock) { log = HostLog(writer: writer, format: .console, clock: clock) }

    deinit { writer.close() }
}
