package import FunctionKit

/// When a timer function runs: an NCRONTAB expression or a constant period, as Azure Functions reads `schedule`.
///
/// See section 4 of the Azure reference (TimerTrigger, NCrontab 3). Reading is pure: no clock, no zone, no setting.
package struct Schedule: Sendable, Hashable, CustomStringConvertible {
    private enum Form: Hashable {
        case cron(CronExpression)
        case constant(TimeSpan)
    }

    private let form: Form

    /// The most bytes of an expression; a longer one is refused. Every list of every field written out takes about 900.
    package static let expressionBytesMax = 4096

    /// Reads an expression of five or six fields, or a `TimeSpan` of at least a millisecond: the real host runs a function
    /// without a pause when its period is zero or below.
    ///
    /// - Throws: ``ScheduleError``, which names the field, the value and what is allowed.
    package init(parsing text: String) throws(ScheduleError) {
        guard text.utf8.count <= Self.expressionBytesMax else {
            throw ScheduleError(
                String(text.unicodeScalars.prefix(64)) + "…",
                "It has \(text.utf8.count) bytes; the most is \(Self.expressionBytesMax)."
            )
        }
        do throws(ScheduleReason) {
            form = try Self.form(text)
        } catch {
            throw ScheduleError(text, error.text)
        }
    }

    /// First cron, then a length of time, as the real host tries them; the reason is that of the form which was meant.
    private static func form(_ text: String) throws(ScheduleReason) -> Form {
        let fields = text.unicodeScalars.split(separator: " ").map(String.init)
        let reason: ScheduleReason
        do throws(ScheduleReason) {
            return .cron(try CronExpression(fields: fields))
        } catch {
            reason = fields.count < 2 ? ScheduleReason(Self.rule) : error
        }
        guard let period = TimeSpan(text) else {
            throw fields.isEmpty ? ScheduleReason("It is empty. \(Self.rule)") : reason
        }
        guard period.duration >= .milliseconds(1) else {
            throw ScheduleReason("A period must be at least a millisecond, and this is \(period).")
        }
        return .constant(period)
    }

    private static let rule = "Write 5 or 6 cron fields such as '0 */5 * * * *', or a timespan such as '00:05:00'."

    /// The text that the real host shows: a cron expression's numbers with as many fields as were given
    /// (`10,25,40 * * * *`), or a period's constant form (`00:05:00`).
    package var canonical: String {
        switch form {
        case .cron(let expression): expression.canonical
        case .constant(let period): period.description
        }
    }

    /// The text for log lines: `Cron: '0 */5 * * * *'` in canonical numbers, or `Constant: 00:05:00`.
    package var description: String {
        switch form {
        case .cron: "Cron: '\(canonical)'"
        case .constant: "Constant: \(canonical)"
        }
    }

    /// True for a cron expression whose second, minute or hour holds a range (section 4.3): it runs through both hours when
    /// daylight-saving ends, where a point in time runs once.
    package var isInterval: Bool {
        switch form {
        case .cron(let expression): expression.isInterval
        case .constant: false
        }
    }

    /// True for calendar schedules, false for constant periods, which are pure elapsed time.
    package var adjustsForDST: Bool {
        switch form {
        case .cron: true
        case .constant: false
        }
    }

    /// The first occurrence strictly after `moment`; nil when there is none up to the year 9999.
    ///
    /// A cron expression counts from the whole second and reads the zone's wall clock (see ``CronExpression``).
    package func next(after moment: Timestamp, in zone: TimeZoneRules) -> Timestamp? {
        switch form {
        case .cron(let expression):
            return expression.next(after: moment, in: zone)
        case .constant(let period):
            let next = moment + period.duration
            return next <= .never ? next : nil
        }
    }

    /// The first `count` occurrences after `moment`, each after the one before; fewer when the schedule ends.
    package func occurrences(after moment: Timestamp, in zone: TimeZoneRules, count: Int) -> [Timestamp] {
        var result: [Timestamp] = []
        var last = moment
        while result.count < count, let next = next(after: last, in: zone) {
            result.append(next)
            last = next
        }
        return result
    }

    /// True when the schedule fires more often than once a minute, so that its status is not worth a write each time
    /// (section 4.2): a period under a minute, or an expression that varies in its first field only and occurs more than once
    /// strictly inside the minute after `now`.
    package func isBelowOneMinute(at now: Timestamp, in zone: TimeZoneRules) -> Bool {
        switch form {
        case .cron(let expression):
            guard expression.variesInFirstFieldOnly else { return false }
            // The wall clock alone decides, as in the real host, whatever becomes of daylight-saving within that minute.
            let offset = zone.offset(at: now.seconds)
            let end = now.milliseconds + (offset + 60) * 1000
            guard let first = expression.next(after: now.seconds + offset), let second = expression.next(after: first)
            else { return false }
            return second * 1000 < end
        case .constant(let period):
            return period.duration < .seconds(60)
        }
    }
}

extension Timestamp {
    /// The last millisecond of the year 9999: the next occurrence of a schedule that has none, as in .NET.
    package static let never = Timestamp(milliseconds: 253_402_300_799_999)
}
