import FunctionKit

extension CronExpression {
    /// The first occurrence after `now` on the wall clock of a zone, by the real host's rules (section 4.4).
    ///
    /// A time that the clock skips runs as much later as the clock was put forward. A time that comes twice runs once, at its
    /// first coming, for a point in time; an interval runs through both. Two oddities of the real host are kept: a point in
    /// time inside the repeated hour is passed over when it is asked for at the offset that holds afterwards, and an
    /// interval asked for within that hour is shifted by the difference of the offsets wherever its next time lies.
    func next(after now: Timestamp, in zone: TimeZoneRules) -> Timestamp? {
        let nowOffset = zone.offset(at: now.seconds)
        let wallNow = now.seconds + nowOffset
        guard var wall = next(after: wallNow) else { return nil }
        var reading = zone.reading(of: wall)
        var instant = reading.standard
        if zone.observesDaylightSaving, reading.isRepeated || zone.reading(of: wallNow).isRepeated {
            let shift = zone.offset(at: instant) - nowOffset
            if isInterval || (reading.isRepeated && shift != 0) {
                instant += shift
            } else {
                while reading.isRepeated {
                    guard let later = next(after: wall) else { return nil }
                    wall = later
                    reading = zone.reading(of: wall)
                }
                instant = reading.standard
            }
        }
        // No real zone comes here: its offsets would have to go down twice within the wait. Firing twice would be worse.
        while instant * 1000 <= now.milliseconds {
            guard let later = next(after: wall) else { return nil }
            wall = later
            instant = zone.reading(of: wall).standard
        }
        return Timestamp(seconds: instant)
    }
}
