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
    func logInvocation(_ line: InvocationLine) {
        let level: LogLevel = line.failure == nil ? .information : .error
        guard isEnabled(level, category: line.function.category) else { return }
        let milliseconds = line.duration.wholeMilliseconds
        var message = "Executed 'Functions.\(line.function.name)' "
        message += "(\(line.failure == nil ? "Succeeded" : "Failed"), Id=\(line.id), Duration=\(milliseconds)ms)"
        if let method = line.method, let path = line.path, let status = line.status {
            message += " \(method) \(path) \(status.rawValue)"
        }
        if let failure = line.failure { message += "\n\(failure)" }
        log(LogRecord(level: level, category: line.function.category, message: message, invocationID: line.id))
    }
}
