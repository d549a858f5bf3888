import FunctionKit

/// The trigger among the bindings, with what its type demands.
extension DescriptorReader {
    mutating func trigger(among bindings: [Binding]) -> Trigger? {
        guard let index = bindings.firstIndex(where: \.isTrigger) else { return nil }
        let value = bindings[index].value
        let key = "bindings[\(index)]"
        switch bindings[index].type.lowercased() {
        case "httptrigger": return httpTrigger(value, key: key)
        case "timertrigger": return timerTrigger(value, key: key)
        case "warmuptrigger": return .warmup
        case "manualtrigger": return .manual
        default: return queueTrigger(value, key: key)
        }
    }

    private mutating func httpTrigger(_ value: JSONValue, key: String) -> Trigger? {
        let before = problems.count
        let methods = methods(of: value, key: "\(key).methods")
        let level = authLevel(of: value, key: "\(key).authLevel")
        var route = name
        if let member = value.member(ignoringCase: "route"), !member.isNull {
            if let text = member.string {
                if !text.allSatisfy(\.isWhitespace) { route = text }
            } else {
                report("\(key).route", "The route must be a text, not \(member.kindName).")
            }
        }
        return problems.count == before ? .http(HTTPTrigger(route: route, methods: methods, authLevel: level)) : nil
    }

    private mutating func methods(of value: JSONValue, key: String) -> [String] {
        guard let member = value.member(ignoringCase: "methods"), !member.isNull else { return [] }
        guard let elements = member.elements else {
            report(key, "The methods must be a list such as [\"get\", \"post\"], not \(member.kindName).")
            return []
        }
        var methods: [String] = []
        for (index, element) in elements.enumerated() {
            let method = element.string ?? ""
            // Any token (RFC 9110, section 9.1), since a request may come with any; what is none never comes.
            if !method.isEmpty, method.utf8.allSatisfy(isTokenByte) {
                methods.append(method)
            } else {
                report("\(key)[\(index)]", "\(element.text) is not an HTTP method. Use get, post, put and so on.")
            }
        }
        return methods
    }

    private mutating func authLevel(of value: JSONValue, key: String) -> AccessLevel {
        guard let member = value.member(ignoringCase: "authLevel"), !member.isNull else { return .function }
        let text = (member.scalarText ?? "").lowercased()
        if let level = AccessLevel(rawValue: text) { return level }
        if text == "user" { return .admin }
        report(key, "\(member.text) is not an authorization level. Use anonymous, function, system, admin or user.")
        return .function
    }

    private mutating func timerTrigger(_ value: JSONValue, key: String) -> Trigger? {
        let before = problems.count
        let runOnStartup = flag("runOnStartup", of: value, key: key, fallback: false)
        let useMonitor = flag("useMonitor", of: value, key: key, fallback: true)
        let missed = missed(of: value, key: "\(key).missed")
        let text = text("schedule", of: value)
        guard !text.allSatisfy(\.isWhitespace) else {
            report(
                "\(key).schedule",
                "A timerTrigger needs a schedule: an NCRONTAB expression such as '0 */5 * * * *', "
                    + "a TimeSpan such as '00:05:00', or '%SETTING%'."
            )
            return nil
        }
        guard let schedule = resolved(text, key: "\(key).schedule") else { return nil }
        do throws(ScheduleError) {
            _ = try Schedule(parsing: schedule)
        } catch {
            report("\(key).schedule", error.description)
        }
        guard problems.count == before else { return nil }
        return .timer(
            TimerTrigger(schedule: schedule, runOnStartup: runOnStartup, useMonitor: useMonitor, missed: missed)
        )
    }

    private mutating func missed(of value: JSONValue, key: String) -> MissedRunPolicy {
        guard let member = value.member(ignoringCase: "missed"), !member.isNull else { return .once }
        if let policy = member.string.flatMap({ MissedRunPolicy(rawValue: $0.lowercased()) }) { return policy }
        report(key, MissedRunPolicy.unknown(member.text))
        return .once
    }

    private mutating func queueTrigger(_ value: JSONValue, key: String) -> Trigger? {
        let example = "portal-signing-notify"
        guard let queueName = queueName(of: value, "A queueTrigger", example, key: key) else { return nil }
        return .queue(
            QueueTrigger(queueName: queueName, connection: value.member(ignoringCase: "connection")?.string)
        )
    }

    private mutating func flag(_ name: String, of value: JSONValue, key: String, fallback: Bool) -> Bool {
        guard let member = value.member(ignoringCase: name), !member.isNull else { return fallback }
        if let flag = member.bool { return flag }
        report("\(key).\(name)", "\(member.text) is neither true nor false.")
        return fallback
    }

    mutating func resolved(_ text: String, key: String) -> String? {
        do {
            return try SettingReferences.resolve(text, settings: settings)
        } catch {
            report(key, error.description)
            return nil
        }
    }
}
