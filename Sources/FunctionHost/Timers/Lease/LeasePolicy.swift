package import FunctionKit
import Glibc

/// How the hosts of one app agree on who fires the timers.
package struct LeasePolicy: Sendable, Hashable {
    /// Who may reach the store.
    package enum Sharing: Sendable, Hashable {
        /// This process alone, as the store's own lock proves: whoever held the lease before is gone, and nobody can take it.
        case exclusive
        /// Other hosts too: a lease is somebody else's until it is given back or has not been renewed for its duration.
        case shared
    }

    /// Who may reach the store.
    package var sharing: Sharing
    /// For how long a lease counts after a renewal: 60 s, Azure's `listenerLockPeriod`.
    package var duration: Duration

    /// Makes a policy.
    package init(_ sharing: Sharing, duration: Duration = .seconds(60)) {
        self.sharing = sharing
        self.duration = duration
    }

    /// Names a host among all that may share a store: `web-1/4711/3f9a2c01`, the machine, the process, and chance, since containers
    /// may have the first two in common.
    package static func hostName(_ random: any RandomSource) -> String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let machine = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let chance = String(random.next() & 0xFFFF_FFFF | 1 << 32, radix: 16).dropFirst()
        return "\(machine)/\(getpid())/\(chance)"
    }

    /// How often the owner renews, and others look whether it does: a third of the duration.
    var renewalInterval: Duration { duration / 3 }
    /// How soon a renewal that failed is tried again.
    var retryInterval: Duration { duration / 12 }
    /// How long after it asked for its last renewal the owner goes by it. The rest is for clocks that run at different speeds and
    /// for what lies between the last look at the lease and the first instruction of the function.
    var ownedTime: Duration { duration * 5 / 6 }
}
