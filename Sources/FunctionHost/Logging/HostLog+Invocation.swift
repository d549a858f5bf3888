import FunctionKit

extension HostLog {
    /// What the one line of an ended invocation tells.
    struct InvocationLine: ~Copyable {
        var function: LoadedFunction
        var id: InvocationID
        var milliseconds: Int64
        var failure: String?
        var method: HTTPMethod?
        /// The path without its query, where keys and tokens travel.
        var path: String?
        var status: HTTPStatus?
    }

    /// Logs the one line of an ended invocation: at information when it succeeded, at error with the cause when it failed.
    ///
    /// Succeeded invocations are the hot path: their line is put together from bytes, outside the writer's lock.
    func logInvocation(_ line: borrowing InvocationLine) {
        if let failure = line.failure {
            guard isEnabled(.error, category: line.function.category) else { return }
            let message = LineBytes.text(capacity: Self.lineBytes(of: line)) { Self.append(line, to: &$0) }
            let text = message + "\n" + failure
            log(LogRecord(level: .error, category: line.function.category, message: text, invocationID: line.id))
        } else if keepsSuccesses(of: line.function) {
            let capacity = Self.lineBytes(of: line) + Self.frameBytesMax + line.function.category.utf8.count
            LineBytes.with(capacity: capacity) { bytes in
                switch format {
                case .console: appendConsole(line, to: &bytes)
                case .json: appendJSON(line, to: &bytes)
                }
                writer.append(bytes.written)
            }
        }
    }

    /// Logs the lines at an invocation's beginning.
    func logBeginning(_ function: LoadedFunction, _ id: InvocationID, _ cause: InvocationCause) {
        let lines = cause.lines
        let first = "Executing 'Functions.\(function.name)' (Reason='\(lines.first ?? "")', Id=\(id))"
        for message in [first] + lines.dropFirst() {
            announce(
                LogRecord(level: .information, category: function.category, message: message, invocationID: id)
            )
        }
    }

    /// The most bytes around a line's message: time, colours, names of JSON members, the id.
    private static let frameBytesMax = 256

    /// The most bytes that a line's message takes, even when each byte of what a client sent needs an escape in JSON.
    private static func lineBytes(of line: borrowing InvocationLine) -> Int {
        160 + line.function.name.utf8.count + 6
            * ((line.method?.rawValue.utf8.count ?? 0) + (line.path?.utf8.count ?? 0))
    }

    private func appendConsole(_ line: borrowing InvocationLine, to bytes: inout LineBytes) {
        if isColored { bytes.append(ConsoleColor.darkGray.rawValue) }
        bytes.append(0x5B)
        bytes.append(clock.now)
        bytes.append("] ")
        if isColored {
            bytes.append(ConsoleColor.end)
            bytes.append(ConsoleColor(.information).rawValue)
        }
        Self.append(line, to: &bytes)
        if isColored { bytes.append(ConsoleColor.end) }
        bytes.append(0x0A)
    }

    private func appendJSON(_ line: borrowing InvocationLine, to bytes: inout LineBytes) {
        bytes.append("{\"time\":\"")
        bytes.append(clock.now)
        bytes.append("\",\"level\":\"information\",\"category\":\"")
        bytes.append(line.function.category)
        bytes.append("\",\"message\":\"")
        Self.append(line, to: &bytes, isJSON: true)
        bytes.append("\",\"invocation_id\":\"")
        bytes.append(line.id)
        bytes.append("\"}\n")
    }

    private static func append(_ line: borrowing InvocationLine, to bytes: inout LineBytes, isJSON: Bool = false) {
        bytes.append("Executed 'Functions.")
        bytes.append(line.function.name)
        bytes.append(line.failure == nil ? "' (Succeeded, Id=" : "' (Failed, Id=")
        bytes.append(line.id)
        bytes.append(", Duration=")
        bytes.append(decimal: line.milliseconds)
        bytes.append("ms)")
        guard let method = line.method, let path = line.path, let status = line.status else { return }
        bytes.append(0x20)
        bytes.append(method.rawValue, isJSON: isJSON)
        bytes.append(0x20)
        // The server lets no control character into a path, so this cannot forge a line.
        bytes.append(path, isJSON: isJSON)
        bytes.append(0x20)
        bytes.append(decimal: Int64(status.rawValue))
    }
}
