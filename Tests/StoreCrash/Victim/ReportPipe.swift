import Glibc

/// Standard output as a pipe to the driver. A line is one `write(2)` of less than `PIPE_BUF` bytes, so lines of several threads
/// do not mix; the driver reads what was written even when the process is dead.
struct ReportPipe: Sendable {
    func tell(_ report: Report) {
        let line = Array((report.line + "\n").utf8)
        var done = 0
        while done < line.count {
            let count = line[done...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 { done += count } else if errno != EINTR { exit(EXIT_FAILURE) }
        }
    }
}
