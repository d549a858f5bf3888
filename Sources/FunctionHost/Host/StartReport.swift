import FunctionKit

/// What the host says when it is up: the functions with their URLs and next times, and how long the start took.
struct StartReport {
    /// Nil when the host is up without it.
    let app: RunningApp?
    let baseURL: String
    /// Where the host listens.
    let places: String
    let zone: TimeZoneRules
    let now: Timestamp
    let elapsed: Duration
    let isColored: Bool
    let isVerbose: Bool
    /// How to read the keys, or that nobody needs one.
    let keysHint: String

    /// The table for people, as Azure's tools print it.
    var consoleText: String {
        var text = "\nPostern \(hostVersion)\n"
        text += paint(.darkGray, "Function Runtime Version: \(emulatedVersion) (Azure Functions, emulated)") + "\n"
        let functions = app?.functions ?? []
        let enabled = functions.filter { !$0.descriptor.isDisabled }
        if !enabled.isEmpty { text += "\n" + paint(.darkYellow, "Functions:") + "\n\n" }
        for function in enabled { if let line = urlLine(function) { text += line } }
        for function in enabled { if let line = otherLine(function) { text += line } }
        for function in functions where function.descriptor.isDisabled {
            text += paint(.darkYellow, "Function \(function.name) is disabled.") + "\n"
        }
        if !isVerbose { text += "For detailed output, run postern with --verbose flag.\n" }
        if app == nil { text += "\nNo function runs. The admin API answers.\n" }
        return text + "\(keysHint)\nListening on \(places) after \(elapsed.wholeMilliseconds) ms\n\n"
    }

    /// The same as fields of one record, for JSON logs.
    var record: LogRecord {
        let functions = (app?.functions ?? []).map(\.name).joined(separator: ",")
        return LogRecord(
            level: .information,
            category: "Host.Startup",
            message: "Listening on \(places) after \(elapsed.wholeMilliseconds) ms",
            fields: [
                ("url", baseURL), ("start_ms", "\(elapsed.wholeMilliseconds)"), ("functions", functions),
            ]
        )
    }

    /// What the start says of the keys; no value, since logs are read by more people than keys are meant for.
    static func keysHint(enforced: Bool, dataFolder: String) -> String {
        guard enforced else { return "Keys are not enforced (--no-auth): every caller is an admin." }
        let isPlain = dataFolder.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        let folder =
            isPlain
            ? dataFolder
            : "'" + dataFolder.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        return "Keys are enforced. To read them: postern keys list --data \(folder)"
    }

    private func urlLine(_ function: LoadedFunction) -> String? {
        guard let app, case .http(let trigger) = function.descriptor.trigger,
            !app.problems.contains(where: { $0.functionName == function.name })
        else { return nil }
        let methods = trigger.methods.isEmpty ? "" : "[\(trigger.methods.joined(separator: ",").uppercased())]"
        let path = trigger.path(prefix: app.configuration.http.routePrefix)
        return "\t\(paint(.darkYellow, "\(function.name):")) \(paint(.darkGreen, "\(methods) \(baseURL)\(path)"))\n\n"
    }

    private func paint(_ color: ConsoleColor, _ text: String) -> String { color.paint(text, isColored) }

    private func otherLine(_ function: LoadedFunction) -> String? {
        switch function.descriptor.trigger {
        case .http: return nil
        case .warmup, .manual:
            return "\t\(paint(.yellow, "\(function.name):")) \(function.descriptor.trigger.typeName)\n\n"
        case .queue(let trigger):
            return "\t\(paint(.yellow, "\(function.name):")) queueTrigger \(trigger.queueName)\n\n"
        case .timer(let trigger):
            guard let schedule = try? Schedule(parsing: trigger.schedule) else { return nil }
            let next = schedule.next(after: now, in: zone)?.wholeSecondsText ?? "never"
            return "\t\(paint(.yellow, "\(function.name):")) timerTrigger \(trigger.schedule), next \(next)\n\n"
        }
    }
}
