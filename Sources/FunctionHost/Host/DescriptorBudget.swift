import Glibc

/// Divides the files that this process may open between connections and the rest, so that clients cannot take from the store what it
/// needs to write.
struct DescriptorBudget {
    /// What the process needs besides connections and the store's logs: libraries, folders that are watched, requests to others.
    static let otherFiles = 128

    /// How many files may be open.
    let limit: Int
    /// How many of them the store may hold open.
    let storeFiles: Int

    /// The connections to take, where so many are wanted; a limit that is too small for both is halved.
    func connections(wanted: Int) -> Int {
        min(wanted, max(limit - storeFiles - Self.otherFiles, limit / 2, 1))
    }

    /// What to tell of it; nil where there is room for all that are wanted.
    func notice(wanted: Int) -> String? {
        let connections = connections(wanted: wanted)
        guard connections < wanted else { return nil }
        return
            "\(connections) connections are taken instead of \(wanted) (extensions.server.connectionsMax): this process may "
            + "open \(limit) files, and the store needs some of them. Raise the hard limit (ulimit -Hn) for more."
    }

    /// Raises the soft limit of open files to the hard one and returns what is in force.
    static func raiseLimit() -> Int {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 1024 }
        if limits.rlim_cur < limits.rlim_max {
            var raised = limits
            raised.rlim_cur = limits.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limits = raised }
        }
        return Int(clamping: limits.rlim_cur)
    }
}
