import FunctionKit

/// The sentences that the real host logs about timers (section 4.5), and those about our store.
struct TimerLog: Sendable {
    let logger: Logger
    let zone: TimeZoneRules

    private var text: ZonedTimeText { ZonedTimeText(zone: zone) }

    func monitorIsOff() { logger.debug("UseMonitor changed to false based on schedule frequency.") }

    func starts(_ timer: TimerDefinition, stored: TimerInfo.Status?, isMonitored: Bool, at now: Timestamp) {
        let name = timer.functionName
        logger.debug(
            "The '\(name)' timer is using the schedule '\(timer.schedule)' and the local time zone: '\(zone.identifier)'"
        )
        if isMonitored {
            logger.debug("Function '\(name)' initial status: \(stored.map { describe($0) } ?? "(null)")")
        }
        logger.info(occurrences(of: timer, after: now))
    }

    func fires(_ firing: TimerFiring) {
        switch firing.reason {
        case .pastDue:
            logger.info("Function '\(firing.functionName)' is past due on startup. Executing now.")
        case .runOnStartup:
            logger.info("Function '\(firing.functionName)' is configured to run on startup. Executing now.")
        case .scheduled, .manual:
            break
        }
    }

    func arms(_ timer: TimerDefinition, after wait: Duration) {
        logger.debug("Timer for '\(timer.functionName)' started with interval '\(TimeSpan(max(wait, .zero)))'.")
    }

    func hasStarted(_ timer: TimerDefinition) { logger.debug("Timer listener started (\(timer.functionName))") }

    func saved(_ status: TimerInfo.Status, of timer: TimerDefinition) {
        logger.debug("Function '\(timer.functionName)' updated status: \(describe(status))")
    }

    func couldNotLoad(_ timer: TimerDefinition, _ error: any Error) {
        logger.error(
            "The status of timer '\(timer.functionName)' could not be read: \(error) The timer runs from now on; a run missed "
                + "before is not caught up."
        )
    }

    func couldNotSave(_ functionNames: [String], _ error: any Error) {
        let names = functionNames.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let rest = functionNames.count > 5 ? " and \(functionNames.count - 5) more" : ""
        logger.error(
            "The status of timer \(names)\(rest) could not be written: \(error) The timer goes on; a run missed while the "
                + "host is stopped may not be caught up."
        )
    }

    func outlastsGrace(_ functionNames: [String], _ grace: Duration) {
        let names = functionNames.sorted().map { "'\($0)'" }.joined(separator: ", ")
        logger.warning("Timer functions still run after \(TimeSpan(grace)) and are cancelled: \(names).")
    }

    func wallClockWentBack(by gap: Duration) {
        logger.warning("The wall clock went back by \(TimeSpan(gap)). Timers go by the new time.")
    }

    private func occurrences(of timer: TimerDefinition, after now: Timestamp) -> String {
        let next = timer.schedule.occurrences(after: now, in: zone, count: 5)
        let lines = next.map { moment in
            zone.isUTC
                ? text.occurrence(moment)
                : "\(text.occurrence(moment)) (\(ZonedTimeText(zone: .utc).occurrence(moment)))"
        }
        return (["The next 5 occurrences of the '\(timer.functionName)' schedule (\(timer.schedule)) will be:"] + lines)
            .joined(separator: "\n")
    }

    private func describe(_ status: TimerInfo.Status) -> String {
        let last = status.last.map { text.roundTrip($0) } ?? text.never(besides: status.next)
        return
            "Last='\(last)', Next='\(text.roundTrip(status.next))', LastUpdated='\(text.roundTrip(status.lastUpdated))'"
    }
}
