import FunctionKit

/// Occurrences of a schedule that lie one behind the other and did not run.
struct MissedOccurrences: Sendable, Hashable {
    /// The most that are counted; more are told of as "at least".
    static let countMax = 1000

    /// The first of them.
    var first: Timestamp
    /// The last of them; the moment up to which there are more when they were not counted to the end.
    var last: Timestamp
    /// How many.
    var count: Int
    /// True when there are more than ``count``.
    var isAtLeast = false
}

extension Schedule {
    /// The occurrences after one moment up to and including another; nil when there are none.
    func missed(after start: Timestamp, through end: Timestamp, in zone: TimeZoneRules) -> MissedOccurrences? {
        next(after: start, in: zone).flatMap { missed(from: $0, through: end, in: zone) }
    }

    /// The occurrences from the first one on, up to and including a moment; nil when the first one lies behind it.
    func missed(from first: Timestamp, through end: Timestamp, in zone: TimeZoneRules) -> MissedOccurrences? {
        guard first <= end else { return nil }
        var missed = MissedOccurrences(first: first, last: first, count: 1)
        while let next = next(after: missed.last, in: zone), next <= end {
            guard missed.count < MissedOccurrences.countMax else {
                missed.last = end
                missed.isAtLeast = true
                return missed
            }
            missed.last = next
            missed.count += 1
        }
        return missed
    }

    /// The newest occurrences from the first one on, up to and including a moment, the oldest of them first.
    ///
    /// However long ago the first one was, only about as many are looked at as are asked for.
    func newest(_ count: Int, from first: Timestamp, through end: Timestamp, in zone: TimeZoneRules) -> [Timestamp] {
        guard first <= end else { return [] }
        if !adjustsForDST {
            // A period has no calendar: its occurrences are counted from the first one.
            guard let second = next(after: first, in: zone), second <= end else { return [first] }
            let period = (second - first).wholeMilliseconds
            let steps = (end - first).wholeMilliseconds / period
            return (max(0, steps - Int64(count) + 1)...steps).map { first + .milliseconds($0 * period) }
        }
        var span = Duration.seconds(3600)
        while true {
            let start = max(first - .milliseconds(1), end - span)
            let found = latest(count, after: start, through: end, in: zone)
            if found.count == count || start < first { return found }
            span *= 4
        }
    }

    private func latest(_ count: Int, after start: Timestamp, through end: Timestamp, in zone: TimeZoneRules)
        -> [Timestamp]
    {
        var found: [Timestamp] = []
        var last = start
        while let next = next(after: last, in: zone), next <= end {
            found.append(next)
            if found.count == count * 2 { found.removeFirst(count) }
            last = next
        }
        return found.suffix(count)
    }
}
