import FunctionKit

extension HostLog {
    /// What the one line of an ended invocation tells.
    struct InvocationLine {
        var function: LoadedFunction
        var id: InvocationID
        var duration: Duration
        var failure: String?
        var method: HTTPMethod?
        /// The path without its query, where keys and tokens travel.
        var path: String?
        var status: HTTPStatus?
    }

    /// Logs the one line of an ended invocation: at information when it succeeded, at error with the cause when it failed.
    ///
    /// Succeeded invocations are the hot path: their line is put together from bytes, outside the writer's lock.
    func logInvocation(_ line: InvocationLine) {
        let level: LogLevel = line.failure == nil ? .information : .error
        guard isEnabled(level, category: line.function.category) else { return }
        if let failure = line.failure {
            var message: [UInt8] = []
            appendMessage(of: line, to: &message)
            let text = String(decoding: message, as: UTF8.self) + "\n" + failure
            log(LogRecord(level: level, category: line.function.category, message: text, invocationID: line.id))
        } else {
            writer.append(bytes(of: line))
        }
    }

    /// Logs the lines at an invocation's beginning.
    func logBeginning(_ function: LoadedFunction, _ id: InvocationID, _ cause: InvocationCause) {
        let lines = cause.lines()
        let first = "Executing 'Functions.\(function.name)' (Reason='\(lines.first ?? "")', Id=\(id))"
        for message in [first] + lines.dropFirst() {
            announce(
                LogRecord(level: .information, category: function.category, message: message, invocationID: id)
            )
        }
    }

    private func appendMessage(of line: InvocationLine, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "Executed 'Functions.".utf8)
        bytes.append(contentsOf: line.function.name.utf8)
        bytes.append(contentsOf: line.failure == nil ? "' (Succeeded, Id=".utf8 : "' (Failed, Id=".utf8)
        line.id.append(to: &bytes)
        bytes.append(contentsOf: ", Duration=".utf8)
        appendDecimal(line.duration.wholeMilliseconds, to: &bytes)
        bytes.append(contentsOf: "ms)".utf8)
        guard let method = line.method, let path = line.path, let status = line.status else { return }
        bytes.append(0x20)
        bytes.append(contentsOf: method.rawValue.utf8)
        bytes.append(0x20)
        // The server lets no control character into a path, so this cannot forge a line.
        bytes.append(contentsOf: path.utf8)
        bytes.append(0x20)
        appendDecimal(Int64(status.rawValue), to: &bytes)
    }

    private func bytes(of line: InvocationLine) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        switch format {
        case .console:
            if isColored { bytes.append(contentsOf: ConsoleColor.darkGray.rawValue.utf8) }
            bytes.append(0x5B)
            appendTime(to: &bytes)
            bytes.append(contentsOf: "] ".utf8)
            if isColored {
                bytes.append(contentsOf: ConsoleColor.end.utf8)
                bytes.append(contentsOf: ConsoleColor(.information).rawValue.utf8)
            }
            appendMessage(of: line, to: &bytes)
            if isColored { bytes.append(contentsOf: ConsoleColor.end.utf8) }
        case .json:
            bytes.append(contentsOf: "{\"time\":\"".utf8)
            appendTime(to: &bytes)
            bytes.append(contentsOf: "\",\"level\":\"information\",\"category\":\"".utf8)
            bytes.append(contentsOf: line.function.category.utf8)
            bytes.append(contentsOf: "\",\"message\":".utf8)
            var message: [UInt8] = []
            appendMessage(of: line, to: &message)
            appendJSONString(String(decoding: message, as: UTF8.self), to: &bytes)
            bytes.append(contentsOf: ",\"invocation_id\":\"".utf8)
            line.id.append(to: &bytes)
            bytes.append(contentsOf: "\"}".utf8)
        }
        bytes.append(0x0A)
        return bytes
    }
}

/// Appends a number in decimal digits.
func appendDecimal(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(0x2D) }
    var divisor: UInt64 = 1
    let magnitude = value.magnitude
    while magnitude / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
        bytes.append(0x30 + UInt8(magnitude / divisor % 10))
        divisor /= 10
    }
}
