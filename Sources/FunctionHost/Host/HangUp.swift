import Glibc

/// What SIGHUP means to a host: a word from the operator to read the certificate again and open the access log anew, or the end of the
/// terminal that it was started from.
package struct HangUp: Sendable {
    /// What a signal leads to.
    package enum Meaning: Sendable, Equatable {
        case reload
        case stop
        case nothing
    }

    /// What counts for it.
    package struct Situation: Sendable {
        /// Whether there is a certificate to read again, or a log file to open anew.
        package var canReload = false
        /// Whether the host was started from a terminal that is gone.
        package var hasLostTerminal = false
        /// Whether the host was started by something such as `nohup`, which keeps SIGHUP from ending it.
        package var isIgnored = false

        /// Nothing of all that.
        package init() {}

        /// What the signal means now. A host that has nothing to reload ends, as programs do that know nothing of the signal.
        package var meaning: Meaning {
            if hasLostTerminal { return isIgnored ? .nothing : .stop }
            if canReload { return .reload }
            return isIgnored ? .nothing : .stop
        }
    }

    private let hadTerminal: Bool
    private let isIgnored: Bool

    /// Remembers how the process was started; to be made before anything can change that.
    package init() {
        hadTerminal = Self.hasTerminal
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        // SIG_IGN is no function that could be compared, but the number 1.
        isIgnored = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// What a signal means that has just come.
    package func meaning(canReload: Bool) -> Meaning {
        var situation = Situation()
        situation.canReload = canReload
        situation.hasLostTerminal = hadTerminal && !Self.hasTerminal
        situation.isIgnored = isIgnored
        return situation.meaning
    }

    private static var hasTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }
}
