package import FunctionKit

/// `postern schedule`: the occurrences of an expression, without a host.
package struct ScheduleCommand: Sendable {
    /// What the command leaves: its exit code and its texts, which end in a line feed unless they are empty.
    package struct Outcome: Sendable, Hashable {
        /// 0, 64 for bad usage, 78 for a bad `TZ` or `WEBSITE_TIME_ZONE`.
        package var exitCode: Int32
        /// For standard output.
        package var output = ""
        /// For standard error.
        package var errorOutput = ""

        /// Makes an outcome.
        package init(exitCode: Int32, output: String = "", errorOutput: String = "") {
            self.exitCode = exitCode
            self.output = output
            self.errorOutput = errorOutput
        }
    }

    /// The most occurrences of one call; more are refused with exit code 64.
    package static let occurrencesMax = 10_000
    /// How many occurrences there are without `--count`.
    package static let occurrencesDefault = 5

    /// What `--help` prints.
    package static let usage = """
        usage: postern schedule EXPR [--from RFC3339] [--count N] [--time-zone IANA] [--json]

        Prints the next occurrences of a schedule, one RFC 3339 time a line. A schedule that never fires prints nothing.

          EXPR              5 or 6 NCRONTAB fields in one argument ('0 */5 * * * *'), or a timespan ('00:05:00')
          --from RFC3339    occurrences strictly after this time (default: now)
          --count N         how many, 1 to 10000 (default: 5)
          --time-zone IANA  the wall clock to read (default: $TZ, then $WEBSITE_TIME_ZONE, then UTC)
          --json            {"canonical": …, "interval": true or false, "occurrences": […]}

        """

    private let now: Timestamp
    private let zones: TimeZoneDirectory
    private let environment: @Sendable (String) -> String?

    /// Makes the command.
    ///
    /// - Parameters:
    ///   - now: where occurrences begin without `--from`.
    ///   - zones: where time zones are.
    ///   - environment: looks up an environment variable.
    package init(
        now: Timestamp,
        zones: TimeZoneDirectory = TimeZoneDirectory(),
        environment: @escaping @Sendable (String) -> String?
    ) {
        self.now = now
        self.zones = zones
        self.environment = environment
    }

    /// Runs with the arguments that follow `schedule`.
    package func run(_ arguments: [String]) -> Outcome {
        do throws(ScheduleCommandFailure) {
            let options = try ScheduleCommandOptions(arguments)
            guard !options.wantsHelp else { return Outcome(exitCode: 0, output: Self.usage) }
            return Outcome(exitCode: 0, output: try report(options))
        } catch {
            return Outcome(exitCode: error.exitCode, errorOutput: "postern schedule: \(error.message)\n")
        }
    }

    private func report(_ options: ScheduleCommandOptions) throws(ScheduleCommandFailure) -> String {
        let schedule: Schedule
        do {
            schedule = try Schedule(parsing: options.expression)
        } catch {
            throw ScheduleCommandFailure(error.description)
        }
        let zone = try zone(options)
        let text = ZonedTimeText(zone: zone)
        let lines = schedule.occurrences(after: options.from ?? now, in: zone, count: options.count).map(text.rfc3339)
        guard options.wantsJSON else { return lines.map { $0 + "\n" }.joined() }
        return json(schedule, lines)
    }

    private func zone(_ options: ScheduleCommandOptions) throws(ScheduleCommandFailure) -> TimeZoneRules {
        do {
            if let name = options.timeZone { return try zones.zone(named: name) }
            return try zones.zone(environment: environment)
        } catch {
            throw ScheduleCommandFailure(error.description, exitCode: options.timeZone == nil ? 78 : 64)
        }
    }

    private func json(_ schedule: Schedule, _ lines: [String]) -> String {
        var bytes = Array(#"{"canonical": "#.utf8)
        appendJSONString(schedule.canonical, to: &bytes)
        bytes.append(contentsOf: #", "interval": \#(schedule.isInterval), "occurrences": ["#.utf8)
        for (index, line) in lines.enumerated() {
            if index > 0 { bytes.append(contentsOf: ", ".utf8) }
            appendJSONString(line, to: &bytes)
        }
        bytes.append(contentsOf: "]}\n".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why the command prints nothing.
struct ScheduleCommandFailure: Error {
    var message: String
    var exitCode: Int32

    init(_ message: String, exitCode: Int32 = 64) {
        self.message = message
        self.exitCode = exitCode
    }
}
