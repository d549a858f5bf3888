import CLinux
import FunctionKit
import Glibc
import HTTPServer

/// `extensions.server.accessLog` and `accessLogFile` of `host.json`.
package struct AccessLogOptions: Sendable, Equatable {
    /// How a line looks; nil for no access log.
    package var format: AccessLogFormat?
    /// The file that the lines go to; nil for standard output, among the lines of the host's log.
    package var file: String?

    /// Makes the default: no access log.
    package init() {}
}

/// Writes a line for each request, from a thread of its own: to standard output, or to a file that is opened anew with each SIGHUP, so
/// that it can be moved away and a new one begun.
final class AccessLogger: AccessLog {
    private let format: AccessLogFormat
    private let writer: LogWriter
    private let file: LogFile?
    private let clock: any AppClock
    private let ids: InvocationIDSource
    private let redact: @Sendable (String) -> String

    init(
        format: AccessLogFormat,
        writer: LogWriter,
        file: LogFile? = nil,
        clock: any AppClock,
        random: any RandomSource,
        redact: @escaping @Sendable (String) -> String
    ) {
        self.format = format
        self.writer = writer
        self.file = file
        self.clock = clock
        self.redact = redact
        ids = InvocationIDSource(random: random)
    }

    /// Opens what the options ask for; nil when they ask for nothing.
    static func open(_ options: AccessLogOptions, _ parts: HostParts) throws(HostStartError) -> AccessLogger? {
        guard let format = options.format else { return nil }
        let redact: @Sendable (String) -> String = { [hostLog = parts.hostLog] in hostLog.redacted($0) }
        guard let path = options.file else {
            return AccessLogger(
                format: format,
                writer: parts.writer,
                clock: parts.clock,
                random: parts.random,
                redact: redact
            )
        }
        let file = try LogFile(path: path)
        return AccessLogger(
            format: format,
            writer: LogWriter(descriptor: file.descriptor),
            file: file,
            clock: parts.clock,
            random: parts.random,
            redact: redact
        )
    }

    func makeRequestID() -> String { ids.next().description }

    func log(_ entry: AccessEntry) {
        writer.append(AccessLine(entry, at: clock.now, format: format, redact: redact).bytes)
    }

    /// Whether the lines go to a file of their own.
    var hasFile: Bool { file != nil }

    /// Opens the file anew, so that it can be moved away before; false when that fails, and the old one is kept.
    func reopen() -> Bool { file?.reopen() ?? true }

    /// Writes what waits, where the lines go to a file; standard output is the host's.
    func close() { if file != nil { writer.close() } }
}

/// A file that lines are appended to. Its descriptor stays the same when the file is opened anew, so that whoever writes to it notices
/// nothing.
final class LogFile: Sendable {
    /// The file; closed with this object.
    let descriptor: CInt
    private let path: String

    init(path: String) throws(HostStartError) {
        self.path = path
        descriptor = Self.open(path)
        guard descriptor >= 0 else {
            throw HostStartError(
                .configuration,
                "The access log '\(path)' cannot be opened: \(String(cString: strerror(errno))). "
                    + "Make its folder writable or change extensions.server.accessLogFile in host.json."
            )
        }
    }

    deinit { close(descriptor) }

    private static func open(_ path: String) -> CInt {
        Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
    }

    /// Opens the file of this name anew, a new one when it was moved away; false when that fails, and the old one is kept.
    func reopen() -> Bool {
        let fresh = Self.open(path)
        guard fresh >= 0 else { return false }
        defer { close(fresh) }
        return dup2(fresh, descriptor) >= 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0
    }
}
