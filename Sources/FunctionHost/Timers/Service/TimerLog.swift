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
            logger.debug("Function '\(name)' initial status: \(stored.map { describe($0) } ?? Self.noStatus)")
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

    func saved(_ status: TimerInfo.Status, of functionName: String) {
        logger.debug("Function '\(functionName)' updated status: \(describe(status))")
    }

    // MARK: - Timers that cannot start

    func couldNotStart(_ functionName: String, _ error: any Error) {
        logger.error("The listener for function 'Functions.\(functionName)' was unable to start. \(error)")
    }

    func retries(_ functionName: String, _ attempt: Int) {
        logger.info("Retrying to start listener for function 'Functions.\(functionName)' (Attempt \(attempt))")
    }

    func hasStarted(_ timer: TimerDefinition, after retries: Int) {
        logger.info(
            "Listener successfully started for function 'Functions.\(timer.functionName)' after \(retries) retries."
        )
    }

    // MARK: - The lease

    func acquired(_ record: LeaseRecord) {
        logger.debug("This host ('\(record.owner ?? "")') fires the timers, by lease \(record.fence).")
    }

    func standsBy(_ owner: String, _ duration: Duration) {
        logger.info(
            "Host '\(owner)' fires the timers. This one takes over when it stops, or has not renewed its lease for "
                + "\(TimeSpan(duration))."
        )
    }

    func lost(_ loss: LeaseLoss) {
        switch loss {
        case .takenOver:
            logger.warning(
                "Another host fires the timers now: it has taken the lease over. Functions that run here go on."
            )
        case .expired:
            logger.warning(
                "This host fires no timers: it could not renew its lease in time. It goes on when it holds the lease again."
            )
        }
    }

    func couldNotRenew(_ error: any Error) {
        logger.warning("The lease of the timers could not be renewed: \(error) It is tried again.")
    }

    func couldNotRelease(_ error: any Error) {
        logger.warning(
            "The lease of the timers could not be given back: \(error) Another host waits until it has expired."
        )
    }

    // MARK: - Trouble

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

    /// What the real host shows of a timer that it has never seen.
    private static let noStatus = "Last='(null)', Next='(null)', LastUpdated='(null)'"

    private func describe(_ status: TimerInfo.Status) -> String {
        let last = status.last.map { text.roundTrip($0) } ?? text.never(besides: status.next)
        return
            "Last='\(last)', Next='\(text.roundTrip(status.next))', LastUpdated='\(text.roundTrip(status.lastUpdated))'"
    }
}
