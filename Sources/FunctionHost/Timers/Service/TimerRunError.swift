/// Why a timer function was not run by hand.
package enum TimerRunError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No timer function has this name.
    case unknown(String)
    /// As many callers as are allowed wait for a run already.
    case busy(String)
    /// The host stops.
    case stopping(String)
    /// The caller was cancelled while it waited.
    case cancelled(String)

    /// The function, the reason and what to do.
    package var description: String {
        switch self {
        case .unknown(let name):
            "There is no timer function '\(name)'."
        case .busy(let name):
            "Timer function '\(name)' runs, and \(TimerState.waitingMax) callers wait for it already. Try again later."
        case .stopping(let name):
            "Timer function '\(name)' was not run because the host stops. Try again when it runs."
        case .cancelled(let name):
            "Timer function '\(name)' was not run because the caller went away."
        }
    }
}
